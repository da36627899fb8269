using Xunit;

namespace Rushes.Tests.Rules;

/// <summary>Lines have at most 130 characters, except in the files that long-lines.txt still lists.</summary>
public sealed class FormatTests
{
    private const int MaxLength = 130;

    private static readonly string[] Roots = ["src", "tests", "bench"];

    [Fact]
    public void Lines_have_at_most_130_characters()
    {
        var listed = Listed();
        foreach (var (file, line, length) in LongLines().Where(found => !listed.Contains(found.File)))
            Assert.Fail($"{file}:{line} has {length} characters; break it at {MaxLength}");
    }

    [Fact]
    public void The_list_of_files_with_longer_lines_only_shrinks()
    {
        var left = LongLines().Select(found => found.File).ToHashSet();
        foreach (var file in Listed())
            Assert.True(left.Contains(file), $"{file} has no longer lines any more: remove it from long-lines.txt");
    }

    private static HashSet<string> Listed() =>
        [.. File.ReadAllLines(Path.Combine(RoomTests.Root(), "tests/Rushes.Tests/Rules/long-lines.txt"))];

    private static IEnumerable<(string File, int Line, int Length)> LongLines() =>
        from root in Roots
        from path in Directory.EnumerateFiles(Path.Combine(RoomTests.Root(), root), "*.cs", SearchOption.AllDirectories)
        where !path.Contains("/obj/", StringComparison.Ordinal) && !path.Contains("/bin/", StringComparison.Ordinal)
        from line in File.ReadLines(path).Index()
        where line.Item.Length > MaxLength
        select (Path.GetRelativePath(RoomTests.Root(), path), line.Index + 1, line.Item.Length);
}
