using Xunit;

namespace Rushes.Tests.Rules;

/// <summary>Lines have at most 130 characters.</summary>
public sealed class FormatTests
{
    private const int MaxLength = 130;

    private static readonly string[] Roots = ["src", "tests", "bench"];
    private static readonly string[] Extensions = ["*.cs", "*.js", "*.mjs"];

    /// <summary>Folders with files of others.</summary>
    private static readonly string[] Foreign = ["obj", "bin", "vendor", "node_modules"];

    [Fact]
    public void Lines_have_at_most_130_characters()
    {
        var tooLong = LongLines().ToList();
        Assert.True(tooLong.Count == 0, $"break these lines at {MaxLength} characters:\n{string.Join('\n', tooLong)}");
    }

    private static IEnumerable<string> LongLines() =>
        from root in Roots
        from extension in Extensions
        from path in Directory.EnumerateFiles(Path.Combine(RoomTests.Root(), root), extension, SearchOption.AllDirectories)
        where !path.Split('/').Intersect(Foreign).Any()
        from line in File.ReadLines(path).Index()
        where line.Item.Length > MaxLength
        select $"{Path.GetRelativePath(RoomTests.Root(), path)}:{line.Index + 1} has {line.Item.Length}";
}
