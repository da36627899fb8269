namespace Rushes.Server.Docs;

/// <param name="Address">The path of the page in URLs, such as <c>/docs/api/queue</c>.</param>
/// <param name="Links">The addresses of the site that the page links to, without anchors, in their order.</param>
internal sealed record DocPage(
    string Address, string Title, string Html, IReadOnlyList<DocSection> Sections, IReadOnlyList<DocLink> Links);

/// <summary>A heading and the text up to the next one.</summary>
/// <param name="Level">1 is the title of the page.</param>
/// <param name="Id">The anchor.</param>
internal sealed record DocSection(int Level, string Id, string Title, string Text);

/// <param name="Section">The title of the section with the link; empty for the page's own.</param>
internal sealed record DocLink(string Section, string Address);
