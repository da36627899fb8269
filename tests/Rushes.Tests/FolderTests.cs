using Xunit;

namespace Rushes.Tests;

public sealed class FolderTests : IDisposable
{
    private readonly TempFolder temp = new();

    public void Dispose() => temp.Dispose();

    public static TheoryData<string> Names() =>
        ["", ".", "..", "/etc/passwd", "../x", "a/b", "a\\b", "a\0b", "a\nb", "\uD800", new string('a', 256),
            new string('é', 200)];

    [Theory]
    [MemberData(nameof(Names))]
    public void A_name_that_is_not_plain_is_rejected(string name)
    {
        var folder = new Folder(temp.Path);
        Assert.Throws<UnsafePathException>(() => folder.File(name));
        Assert.Throws<UnsafePathException>(() => folder.File(name, allowLink: true));
        Assert.Throws<UnsafePathException>(() => folder.Sub(name));
    }

    [Theory]
    [InlineData("a/../../b")]
    [InlineData("/a")]
    [InlineData("a//b")]
    [InlineData("a/")]
    public void A_relative_path_stays_below(string path) =>
        Assert.Throws<UnsafePathException>(() => new Folder(temp.Path).Below(path));

    [Fact]
    public void A_plain_name_is_a_path_inside()
    {
        var folder = new Folder(temp.Path);
        Assert.Equal(temp["a b.mp4"], folder.File("a b.mp4"));
        Assert.Equal(temp["a/é/..c"], folder.Below("a/é/..c"));
        Assert.NotEqual(folder.NewFile(), folder.NewFile());
    }

    [Fact]
    public void A_symbolic_link_is_rejected_unless_its_owner_may_link()
    {
        Directory.CreateSymbolicLink(temp["link"], "/etc");
        File.CreateSymbolicLink(temp["dangling"], "/nowhere");
        var folder = new Folder(temp.Path);
        Assert.Throws<UnsafePathException>(() => folder.File("link"));
        Assert.Throws<UnsafePathException>(() => folder.File("dangling"));
        Assert.Throws<UnsafePathException>(() => folder.Below("link/passwd"));
        Assert.Equal(temp["link/passwd"], folder.Sub("link", allowLink: true).File("passwd"));
    }
}
