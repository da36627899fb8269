using Markdig;
using Markdig.Extensions.AutoIdentifiers;
using Markdig.Extensions.Tables;
using Markdig.Parsers;
using Markdig.Renderers;
using Markdig.Renderers.Html;
using Markdig.Syntax;

namespace Rushes.Server.Docs;

/// <summary>
/// The Markdown of the documentation, as GitHub reads it, without HTML in the text. Blocks of HTML are recognized only so that
/// <see cref="DocReader"/> can remove comments. Headings have a link to themselves; tables and code
/// scroll when they are wider than the page.
/// </summary>
internal sealed class DocMarkup : IMarkdownExtension
{
    public static MarkdownPipeline Pipeline { get; } = new MarkdownPipelineBuilder()
        .DisableHtml()
        .UsePipeTables(new PipeTableOptions { UseHeaderForColumnCount = true })
        .UseAutoIdentifiers(AutoIdentifierOptions.GitHub)
        .Use<DocMarkup>()
        .Build();

    public void Setup(MarkdownPipelineBuilder pipeline) => pipeline.BlockParsers.Insert(0, new HtmlBlockParser());

    public void Setup(MarkdownPipeline pipeline, IMarkdownRenderer renderer)
    {
        renderer.ObjectRenderers.ReplaceOrAdd<HeadingRenderer>(new Heading());
        renderer.ObjectRenderers.ReplaceOrAdd<CodeBlockRenderer>(new Code());
        renderer.ObjectRenderers.ReplaceOrAdd<HtmlTableRenderer>(new WideTable());
    }

    private sealed class Heading : HtmlObjectRenderer<HeadingBlock>
    {
        protected override void Write(HtmlRenderer renderer, HeadingBlock block)
        {
            var id = block.GetAttributes().Id;
            renderer.Write($"<h{block.Level} id=\"{id}\">").WriteLeafInline(block);
            if (block.Level > 1)
                renderer.Write($" <a class=\"anchor\" href=\"#{id}\" aria-label=\"Link to this section\">#</a>");
            renderer.WriteLine($"</h{block.Level}>");
        }
    }

    private sealed class Code : HtmlObjectRenderer<CodeBlock>
    {
        protected override void Write(HtmlRenderer renderer, CodeBlock block)
        {
            renderer.Write("<div class=\"code\"><pre tabindex=\"0\"><code>");
            renderer.WriteLeafRawLines(block, writeEndOfLines: true, escape: true);
            renderer.WriteLine("</code></pre></div>");
        }
    }

    private sealed class WideTable : HtmlTableRenderer
    {
        protected override void Write(HtmlRenderer renderer, Table table)
        {
            renderer.WriteLine("<div class=\"scrolls\" tabindex=\"0\">");
            base.Write(renderer, table);
            renderer.WriteLine("</div>");
        }
    }
}
