#!/usr/bin/env python3
"""Prints the slowest test classes and the slowest tests of a run. Argument: the runner's results as XML."""
import sys
import xml.etree.ElementTree as ElementTree
from collections import defaultdict

SHOWN = 20

tests = [(float(test.get("time")), test.get("type"), test.get("name"))
         for test in ElementTree.parse(sys.argv[1]).iter("test")]
classes = defaultdict(float)
for seconds, kind, _ in tests:
    classes[kind] += seconds

print(f"Slowest {SHOWN} classes (s):")
for kind, seconds in sorted(classes.items(), key=lambda pair: -pair[1])[:SHOWN]:
    print(f"{seconds:8.1f}  {kind}")
print(f"Slowest {SHOWN} tests (s):")
for seconds, _, name in sorted(tests, reverse=True)[:SHOWN]:
    print(f"{seconds:8.1f}  {name[:120]}")
