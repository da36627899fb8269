using System.Text.RegularExpressions;
using Xunit;

namespace Rushes.Tests.Rules;

/// <summary>Tests wait for signals, or with Eventually for what sends none. Only the fault run waits for real time.</summary>
public sealed partial class WaitTests
{
    private static readonly string[] Allowed = ["Eventually.cs", "FakeClockTests.cs", "WaitTests.cs", "Files/S3/FaultyLine.cs"];

    private static readonly string[] Excluded = ["bin/", "obj/", "Faults/Run/"];

    [Fact]
    public void Tests_have_no_timer_loops()
    {
        var tests = Path.Combine(RoomTests.Root(), "tests", "Rushes.Tests");
        var found = Directory.EnumerateFiles(tests, "*.cs", SearchOption.AllDirectories)
            .Select(path => Path.GetRelativePath(tests, path))
            .Where(file => !Allowed.Contains(file) && !Excluded.Any(folder => file.StartsWith(folder, StringComparison.Ordinal)))
            .Where(file => Waits().IsMatch(File.ReadAllText(Path.Combine(tests, file))))
            .ToList();
        Assert.True(found.Count == 0, $"wait for a signal or use Eventually: {string.Join(", ", found)}");
    }

    [GeneratedRegex(@"new PeriodicTimer\(|Task\.Delay\((?!Timeout\.Infinite)")]
    private static partial Regex Waits();
}
