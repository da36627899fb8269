using System.Text;
using System.Text.Json;
using System.Text.Json.Serialization;
using Rushes.Server.Http;

namespace Rushes.Server.Docs;

/// <summary>
/// The documentation of the repository, which is embedded in the program, as a site. Made when it is first requested.
/// </summary>
/// <param name="assets">The path of the console's files, whose styles the pages use.</param>
internal sealed class DocSite(string assets)
{
    private const string Prefix = "site/";
    private const string Index = "docs/README.md";

    private readonly Lazy<Dictionary<string, StaticFile>> files = new(() => Build(assets));

    /// <summary>A page or a picture by its path in URLs; null if there is none.</summary>
    public StaticFile? Find(string address) => files.Value.GetValueOrDefault(address);

    /// <summary>The page for an address without one.</summary>
    public StaticFile Missing => files.Value[""];

    /// <summary>All pages, the index first.</summary>
    public static IReadOnlyList<DocPage> ReadPages()
    {
        var embedded = StaticFile.Embedded(Prefix).ToDictionary(file => file.Name);
        var reader = new DocReader(embedded.Keys.ToHashSet());
        return
        [
            .. embedded.Values.Where(file => DocAddress.IsPage(file.Name))
                .OrderBy(file => file.Name != Index)
                .ThenBy(file => file.Name, StringComparer.Ordinal)
                .Select(file => reader.Read(file.Name, Encoding.UTF8.GetString(file.Bytes))),
        ];
    }

    private static Dictionary<string, StaticFile> Build(string assets)
    {
        var pages = ReadPages();
        var layout = new DocLayout(assets, new DocMenu(pages));
        var built = pages.ToDictionary(
            page => page.Address, page => new StaticFile("page.html", Encoding.UTF8.GetBytes(layout.Write(page))));
        built[""] = new StaticFile("missing.html", Encoding.UTF8.GetBytes(layout.Write(Lost)));
        built[DocLayout.SearchIndex] = new StaticFile("search.json", SearchIndexOf(pages));
        foreach (var image in StaticFile.Embedded(Prefix).Where(file => !DocAddress.IsPage(file.Name)))
            built[DocAddress.Of(image.Name)] = image;
        return built;
    }

    private static DocPage Lost { get; } = new(
        "", "Page not found", $"<h1>Page not found</h1><p>Search, or go to <a href=\"{DocAddress.Home}\">the index</a>.</p>",
        [new DocSection(1, "", "Page not found", "")], []);

    private static byte[] SearchIndexOf(IEnumerable<DocPage> pages) => JsonSerializer.SerializeToUtf8Bytes(
        pages.SelectMany(
            page => page.Sections.Select(
                section => new DocEntry(
                    section.Level == 1 ? page.Address : $"{page.Address}#{section.Id}", page.Title, section.Title, section.Text)))
            .ToArray(),
        DocJson.Default.DocEntryArray);
}

/// <summary>A section in the search index.</summary>
internal sealed record DocEntry(string Url, string Page, string Title, string Text);

[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase)]
[JsonSerializable(typeof(DocEntry[]))]
internal sealed partial class DocJson : JsonSerializerContext;
