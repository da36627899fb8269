using System.Text.RegularExpressions;
using Xunit;

namespace Rushes.Tests.Rules;

/// <summary>Only <see cref="Folder"/> makes paths; it rejects names that lead out of a folder.</summary>
public sealed partial class PathTests
{
    [Fact]
    public void Only_Folder_makes_paths()
    {
        foreach (var (file, code) in RoomTests.Code("").Where(found => Path.GetFileName(found.File) != "Folder.cs"))
            Assert.False(MakesPath().IsMatch(code), $"{file} makes a path by itself; use Rushes.Folder");
    }

    [GeneratedRegex(@"\bPath\.(Combine|Join|TryJoin)\b|\b(sym)?link\(")]
    private static partial Regex MakesPath();
}
