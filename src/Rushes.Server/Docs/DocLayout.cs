using System.Net;
using System.Text;

namespace Rushes.Server.Docs;

/// <summary>The HTML around a page's text: the list of pages, search, and the headings of the page.</summary>
internal sealed class DocLayout(string assets, DocMenu menu)
{
    public const string SearchIndex = $"{DocAddress.Home}/search.json";

    private const string Bars =
        """<svg width="16" height="16" viewBox="0 0 24 24" fill="none" stroke="currentColor" stroke-width="2" """
        + """aria-hidden="true"><path d="M4 6.5h16M4 12h16M4 17.5h16"/></svg>""";

    public string Write(DocPage page) => Frame(
        assets, page.Title, Menu(page.Address), "/openapi/", "API reference", page.Html + "</article>" + Turn(page.Address),
        Headings(page));

    /// <summary>A page of the documentation or of the API reference.</summary>
    /// <param name="main">From the start of the article on, which it ends.</param>
    /// <param name="beside">The list of headings.</param>
    /// <param name="script">Of this page, besides the common one; null if there is none.</param>
    public static string Frame(
        string assets, string title, string menu, string otherAddress, string otherTitle, string main, string beside,
        string? script = null) =>
        $"""
        <!doctype html>
        <html lang="en">
        <head>
        <meta charset="utf-8">
        <meta name="viewport" content="width=device-width, initial-scale=1">
        <meta name="color-scheme" content="light dark">
        <title>{Safe(title)} · Rushes</title>
        <link rel="icon" href="{assets}/icon.svg" type="image/svg+xml">
        <link rel="stylesheet" href="{assets}/console.css">
        <link rel="stylesheet" href="{assets}/docs.css">
        <script src="{assets}/docs.js"></script>
        {(script is null ? "" : $"<script src=\"{assets}/{script}\" defer></script>")}
        </head>
        <body>
        <a class="skip" href="#main">Skip to content</a>
        <div class="docs">
        <header>
        <a class="brand" href="{DocAddress.Home}"><img src="{assets}/icon.svg" alt="" width="30" height="30">Rushes docs</a>
        <button type="button" class="tool menu-button" aria-expanded="false" aria-controls="menu" aria-label="Pages">
        {Bars}</button>
        <div class="doc-search" role="search" data-index="{SearchIndex}" hidden>
        <input type="search" id="search" aria-label="Search the documentation" placeholder="Search" autocomplete="off">
        <div class="found" hidden><p role="status"></p><ul></ul></div>
        </div>
        <div id="menu"><nav aria-label="Pages">{menu}</nav>
        <p class="apart"><a href="/console">Console</a> <a href="{otherAddress}">{otherTitle}</a></p></div>
        </header>
        <main id="main" tabindex="-1"><article>{main}</main>
        {beside}
        </div>
        </body>
        </html>
        """;

    private string Menu(string current)
    {
        var text = new StringBuilder();
        foreach (var group in menu.Groups)
        {
            if (group.Title.Length > 0) text.Append($"<h2>{Safe(group.Title)}</h2>");
            text.Append("<ul>");
            foreach (var item in group.Items)
                text.Append(
                    $"<li><a href=\"{item.Address}\"{(item.Address == current ? " aria-current=\"page\"" : "")}>"
                    + $"{Safe(item.Title)}</a></li>");
            text.Append("</ul>");
        }
        return text.ToString();
    }

    private string Turn(string current)
    {
        var (before, after) = menu.Around(current);
        if (current.Length == 0) return "";
        var text = new StringBuilder("<nav class=\"turn\" aria-label=\"Previous and next page\">");
        if (before is not null) text.Append($"<a href=\"{before.Address}\" rel=\"prev\">← {Safe(before.Title)}</a>");
        if (after is not null) text.Append($"<a href=\"{after.Address}\" rel=\"next\">{Safe(after.Title)} →</a>");
        return text.Append("</nav>").ToString();
    }

    private static string Headings(DocPage page)
    {
        var shown = page.Sections.Where(section => section.Level is 2 or 3).ToList();
        if (shown.Count < 2) return "";
        var text = new StringBuilder("<nav class=\"headings\" aria-label=\"On this page\"><h2>On this page</h2><ul>");
        foreach (var section in shown)
            text.Append($"<li data-level=\"{section.Level}\"><a href=\"#{section.Id}\">{Safe(section.Title)}</a></li>");
        return text.Append("</ul></nav>").ToString();
    }

    private static string Safe(string text) => WebUtility.HtmlEncode(text);
}
