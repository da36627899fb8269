namespace Rushes.Server.Docs;

/// <summary>The list of pages beside every page: the links of the index page by its sections, each page once.</summary>
internal sealed class DocMenu
{
    /// <param name="pages">All pages, the index first.</param>
    public DocMenu(IReadOnlyList<DocPage> pages)
    {
        var titles = pages.ToDictionary(page => page.Address, page => page.Title);
        Groups =
        [
            .. pages[0].Links.DistinctBy(link => link.Address)
                .GroupBy(link => link.Section, link => new DocMenuItem(titles[link.Address], link.Address))
                .Select(group => new DocMenuGroup(group.Key, [.. group])),
        ];
        Order = [.. Groups.SelectMany(group => group.Items)];
    }

    public IReadOnlyList<DocMenuGroup> Groups { get; }

    /// <summary>The pages in reading order.</summary>
    public IReadOnlyList<DocMenuItem> Order { get; }

    /// <summary>The pages before and after this one; null at the ends.</summary>
    public (DocMenuItem? Before, DocMenuItem? After) Around(string address)
    {
        // The index page is before the first.
        var at = Order.TakeWhile(item => item.Address != address).Count();
        if (at == Order.Count) at = -1;
        return (at > 0 ? Order[at - 1] : null, at + 1 < Order.Count ? Order[at + 1] : null);
    }
}

/// <param name="Title">Empty for the links before the first section.</param>
internal sealed record DocMenuGroup(string Title, IReadOnlyList<DocMenuItem> Items);

internal sealed record DocMenuItem(string Title, string Address);
