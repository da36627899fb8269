using System.Net;
using System.Text.Json;
using System.Text.RegularExpressions;
using Rushes.Server.Docs;
using Xunit;

namespace Rushes.Tests.Docs;

/// <summary>The documentation that the gateway serves at <c>/docs</c>.</summary>
public sealed partial class SiteTests
{
    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Every_link_works_and_every_page_is_reachable()
    {
        await using var gateway = await TestGateway.StartAsync(0, Cancel);
        using var browser = new HttpClient { BaseAddress = new Uri(gateway.Origin) };
        var pages = new Dictionary<string, string>();
        var links = new List<(string From, string To)>();
        var waiting = new Queue<string>(["/docs"]);
        while (waiting.TryDequeue(out var address))
        {
            if (pages.ContainsKey(address)) continue;
            using var answer = await browser.GetAsync(address, Cancel);
            Assert.True(
                answer.StatusCode == HttpStatusCode.OK,
                $"{address}, linked from {links.Find(link => link.To == address).From}");
            pages[address] = await answer.Content.ReadAsStringAsync(Cancel);
            if (answer.Content.Headers.ContentType!.MediaType != "text/html") continue;
            foreach (Match link in Link().Matches(pages[address]))
            {
                var to = link.Groups[1].Value.StartsWith('#') ? address + link.Groups[1].Value : link.Groups[1].Value;
                links.Add((address, to));
                if (to.StartsWith("/docs", StringComparison.Ordinal)) waiting.Enqueue(to.Split('#')[0]);
            }
        }

        foreach (var (from, to) in links.Where(link => link.To.Contains('#')))
            Assert.True(
                pages[to.Split('#')[0]].Contains($"id=\"{to.Split('#')[1]}\"", StringComparison.Ordinal), $"{from}: {to}");
        foreach (var file in Pages.All().Where(file => file != "README.md"))
            Assert.Contains(DocAddress.Of(file), pages.Keys);
        Assert.Contains("/docs/pictures/playground.png", pages.Keys);
        Assert.Contains("/docs/architecture", pages.Keys);
    }

    [Fact]
    public async Task A_page_has_nothing_inline_and_needs_no_key()
    {
        await using var gateway = await TestGateway.StartAsync(0, Cancel);
        using var browser = new HttpClient { BaseAddress = new Uri(gateway.Origin) };
        using var answer = await browser.GetAsync("/docs/operate/limits", Cancel);
        var page = await answer.Content.ReadAsStringAsync(Cancel);
        Assert.Contains("<title>Limits and fair share · Rushes</title>", page, StringComparison.Ordinal);
        Assert.Contains("<a href=\"/docs/operate/limits\" aria-current=\"page\">", page, StringComparison.Ordinal);
        Assert.DoesNotMatch("<script>|<style|style=|\\son[a-z]+=\"|<!-- ", page);
        Assert.StartsWith(
            "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; connect-src 'self';",
            answer.Headers.GetValues("Content-Security-Policy").Single(), StringComparison.Ordinal);

        using var missing = await browser.GetAsync("/docs/nowhere", Cancel);
        Assert.Equal(HttpStatusCode.NotFound, missing.StatusCode);
        Assert.Contains("Page not found", await missing.Content.ReadAsStringAsync(Cancel), StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_search_index_has_every_section_of_every_page()
    {
        await using var gateway = await TestGateway.StartAsync(0, Cancel);
        var index = JsonElement.Parse(await gateway.Http.GetStringAsync("/docs/search.json", Cancel));
        var urls = index.EnumerateArray().Select(entry => entry.GetProperty("url").GetString()).ToList();
        Assert.Equal(DocSite.ReadPages().Sum(page => page.Sections.Count), urls.Count);
        Assert.Equal(urls.Count, urls.Distinct().Count());
        var fair = Assert.Single(
            index.EnumerateArray(), entry => entry.GetProperty("url").GetString() == "/docs/operate/limits#fair-share");
        Assert.Equal("Limits and fair share", fair.GetProperty("page").GetString());
        Assert.Contains("take turns", fair.GetProperty("text").GetString(), StringComparison.Ordinal);
    }

    [Fact]
    public void HTML_is_shown_as_text_and_comments_are_not()
    {
        var html = Read(
            """
            # T

            A <b>bold</b> word.
            <!-- not run: why -->
            ```bash
            rushes
            ```

            <script>
            alert(1)
            </script>
            """).Html;
        Assert.DoesNotContain("not run", html, StringComparison.Ordinal);
        Assert.DoesNotMatch("<b>|<script", html);
        Assert.Contains("&lt;b&gt;bold", html, StringComparison.Ordinal);
        Assert.Contains("&lt;script&gt;", html, StringComparison.Ordinal);
    }

    [Fact]
    public void Links_lead_to_pages_of_the_site_and_those_to_source_files_are_text()
    {
        var page = Read(
            "# T\n\n[limits](limits.md#fair-share), [code](../../src/Gateway.cs), [site](https://example.com), [here](#t)\n");
        Assert.Contains("<a href=\"/docs/operate/limits#fair-share\">limits</a>, code, ", page.Html, StringComparison.Ordinal);
        Assert.Contains("<a href=\"https://example.com\">", page.Html, StringComparison.Ordinal);
        Assert.Contains("<a href=\"#t\">", page.Html, StringComparison.Ordinal);
        Assert.Equal("/docs/operate/limits", Assert.Single(page.Links).Address);
    }

    private static DocPage Read(string markdown) =>
        new DocReader(new HashSet<string> { "docs/operate/limits.md" }).Read("docs/operate/page.md", markdown);

    [GeneratedRegex("""(?:href|src)="((?:/docs|#)[^"]*)""")]
    private static partial Regex Link();
}
