using System.Globalization;
using System.Text.RegularExpressions;
using Xunit;

namespace Rushes.Tests.Operate;

/// <summary>A response of /metrics, parsed as Prometheus does; an invalid line fails the test.</summary>
internal sealed partial class Scrape
{
    private static readonly string[] Parts = ["_bucket", "_sum", "_count"];

    private readonly Dictionary<string, double> samples = new(StringComparer.Ordinal);

    public Scrape(string text)
    {
        Assert.EndsWith("\n", text, StringComparison.Ordinal);
        var (family, type) = ("", "");
        var seen = new HashSet<string>();
        foreach (var line in text.Split('\n')[..^1])
        {
            if (Help().Match(line) is { Success: true } help) Assert.Equal(family, help.Groups[1].Value);
            else if (Type().Match(line) is { Success: true } said)
            {
                (family, type) = (said.Groups[1].Value, said.Groups[2].Value);
                Assert.True(seen.Add(family), $"{family} is told twice");
                Assert.Equal(type == "counter", family.EndsWith("_total", StringComparison.Ordinal));
            }
            else
            {
                var sample = Sample().Match(line);
                Assert.True(sample.Success, $"no sample: {line}");
                var name = sample.Groups[1].Value;
                Assert.True(
                    type == "histogram" ? Parts.Any(part => name == family + part) : name == family,
                    $"{line} is not of {family}");
                var value = double.Parse(sample.Groups[3].Value, CultureInfo.InvariantCulture);
                Assert.True(value >= 0, line);
                var labels = sample.Groups[2].Value is "{}" ? "" : sample.Groups[2].Value;
                Assert.True(samples.TryAdd(name + labels, value), $"told twice: {line}");
                Names.Add(name);
            }
        }
    }

    /// <summary>Of samples: a histogram's are three.</summary>
    public HashSet<string> Names { get; } = [];

    /// <param name="sample">Such as <c>name{label="value"}</c>.</param>
    public double this[string sample] => samples[sample];

    /// <summary>The buckets of a histogram are cumulative and end with its count.</summary>
    public void AssertHistogram(string name, string labels)
    {
        var before = labels.Length == 0 ? "" : labels + ",";
        var buckets = samples.Where(sample => sample.Key.StartsWith($"{name}_bucket{{{before}le=", StringComparison.Ordinal))
            .Select(sample => sample.Value)
            .ToList();
        Assert.NotEmpty(buckets);
        Assert.Equal(buckets.Order(), buckets);
        Assert.Equal(buckets[^1], this[$"{name}_bucket{{{before}le=\"+Inf\"}}"]);
        Assert.Equal(buckets[^1], this[$"{name}_count{(labels.Length == 0 ? "" : $"{{{labels}}}")}"]);
    }

    [GeneratedRegex(@"^# HELP ([a-z_]+) \S.*$")]
    private static partial Regex Help();

    [GeneratedRegex(@"^# TYPE ([a-z_]+) (counter|gauge|histogram)$")]
    private static partial Regex Type();

    [GeneratedRegex(
        """^([a-z_]+)(\{(?:[a-z_]+="(?:[^"\\\n]|\\["\\n])*"(?:,[a-z_]+="(?:[^"\\\n]|\\["\\n])*")*)?\})? ([0-9.E+-]+)$""")]
    private static partial Regex Sample();
}
