namespace Rushes.Server.Docs;

/// <summary>Where a file of the repository is in the documentation site.</summary>
internal static class DocAddress
{
    /// <summary>The index page.</summary>
    public const string Home = "/docs";

    private const string Folder = "docs/", Markdown = ".md", Index = "README.md";

    /// <param name="file">The path in the repository: <c>docs/api/queue.md</c> is at <c>/docs/api/queue</c>.</param>
    public static string Of(string file)
    {
        var path = file.StartsWith(Folder, StringComparison.Ordinal) ? file[Folder.Length..] : file;
        if (path == Index) return Home;
        return $"{Home}/{(IsPage(path) ? path[..^Markdown.Length].ToLowerInvariant() : path)}";
    }

    public static bool IsPage(string file) => file.EndsWith(Markdown, StringComparison.Ordinal);

    /// <summary>The path in the repository of a relative link in a file, and the anchor with its <c>#</c>.</summary>
    public static (string File, string Anchor) Resolve(string file, string link)
    {
        var target = new Uri(new Uri($"http://repository/{file}"), link);
        return (Uri.UnescapeDataString(target.AbsolutePath[1..]), target.Fragment);
    }
}
