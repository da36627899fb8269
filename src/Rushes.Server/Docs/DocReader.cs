using System.Text;
using Markdig;
using Markdig.Extensions.Tables;
using Markdig.Renderers.Html;
using Markdig.Syntax;
using Markdig.Syntax.Inlines;

namespace Rushes.Server.Docs;

/// <summary>Makes pages from Markdown files of the repository.</summary>
/// <param name="files">The files of the site. Links to others, such as source files, become plain text.</param>
internal sealed class DocReader(IReadOnlySet<string> files)
{
    /// <param name="file">The path in the repository.</param>
    public DocPage Read(string file, string markdown)
    {
        var document = Markdown.Parse(markdown, DocMarkup.Pipeline);
        RemoveHtml(document);
        RemoveEmptyHeaders(document);
        var links = Follow(document, file);
        var sections = SectionsOf(document);
        var html = document.ToHtml(DocMarkup.Pipeline);
        return new DocPage(DocAddress.Of(file), sections[0].Title, html, sections, links);
    }

    /// <summary>Removes comments, which say why a block of code is not tested, and shows any other HTML as text.</summary>
    private static void RemoveHtml(MarkdownDocument document)
    {
        foreach (var html in document.Descendants<HtmlBlock>().ToList())
        {
            var (parent, at) = (html.Parent!, html.Parent!.IndexOf(html));
            parent.RemoveAt(at);
            if (html.Type == HtmlBlockType.Comment) continue;
            var text = new ContainerInline().AppendChild(new LiteralInline(html.Lines.ToString()));
            parent.Insert(at, new ParagraphBlock { Inline = text });
        }
    }

    /// <summary>Markdown has no tables without a header; ours leave it empty.</summary>
    private static void RemoveEmptyHeaders(MarkdownDocument document)
    {
        foreach (var row in document.Descendants<TableRow>().Where(row => row.IsHeader).ToList())
            if (TextOf(row).Trim().Length == 0) row.Parent!.Remove(row);
    }

    private List<DocLink> Follow(MarkdownDocument document, string file)
    {
        var found = new List<DocLink>();
        var section = "";
        foreach (var node in document.Descendants().ToList())
        {
            if (node is HeadingBlock heading) section = heading.Level > 1 ? TextOf(heading) : "";
            if (node is not LinkInline { Url: { Length: > 0 } url } link || url[0] == '#' || IsElsewhere(url)) continue;
            var (target, anchor) = DocAddress.Resolve(file, url);
            if (!files.Contains(target))
            {
                link.ReplaceBy(new ContainerInline());
                continue;
            }
            var address = DocAddress.Of(target);
            link.Url = address + anchor;
            if (!link.IsImage) found.Add(new DocLink(section, address));
        }
        return found;
    }

    private static bool IsElsewhere(string url) =>
        url.Contains("://", StringComparison.Ordinal) || url.StartsWith("mailto:", StringComparison.Ordinal);

    private static List<DocSection> SectionsOf(MarkdownDocument document)
    {
        var sections = new List<DocSection>();
        foreach (var block in document)
            if (block is HeadingBlock heading)
                sections.Add(new DocSection(heading.Level, heading.GetAttributes().Id!, TextOf(heading), ""));
            else if (sections.Count > 0)
                sections[^1] = sections[^1] with { Text = $"{sections[^1].Text} {TextOf(block)}".Trim() };
        return sections;
    }

    /// <summary>The text without markup, on one line.</summary>
    private static string TextOf(MarkdownObject node)
    {
        var text = new StringBuilder();
        IEnumerable<MarkdownObject> parts = node is LeafBlock { Inline: { } inline } ? inline.Descendants() : node.Descendants();
        foreach (var part in parts.Prepend(node))
            switch (part)
            {
                case LiteralInline literal:
                    text.Append(literal.Content);
                    break;
                case CodeInline code:
                    text.Append(code.Content);
                    break;
                case AutolinkInline link:
                    text.Append(link.Url);
                    break;
                case LineBreakInline or TableCell:
                    text.Append(' ');
                    break;
                case CodeBlock block:
                    text.Append(' ').Append(block.Lines.ToString().ReplaceLineEndings(" "));
                    break;
                case ParagraphBlock:
                    text.Append(' ');
                    break;
            }
        return string.Join(' ', text.ToString().Split(' ', StringSplitOptions.RemoveEmptyEntries));
    }
}
