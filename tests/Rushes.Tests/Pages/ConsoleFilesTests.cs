using System.IO.Compression;
using System.Net;
using System.Text.RegularExpressions;
using Rushes.Catalog;
using Rushes.Server.Settings;
using Xunit;

namespace Rushes.Tests.Pages;

/// <summary>The console's pages as files: what a browser is given and told of them.</summary>
public sealed partial class ConsoleFilesTests
{
    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Every_kind_of_model_has_an_icon_of_its_own()
    {
        var web = Path.Combine(Rules.RoomTests.Root(), "src", "Rushes.Server", "Console", "web");
        var words = await File.ReadAllTextAsync(Path.Combine(web, "words.js"), Cancel);
        var shapes = await File.ReadAllTextAsync(Path.Combine(web, "icons.js"), Cancel);

        var icons = Enum.GetValues<ModelKind>().Select(kind => Regex.Match(
            words, $"^  '?{kind.Name}'?: {{ short: .* icon: '([a-z]+)'", RegexOptions.Multiline).Groups[1].Value).ToList();

        Assert.Equal(icons.Count, icons.Distinct().Count());
        Assert.All(icons, icon => Assert.Contains($"  {icon}: '", shapes, StringComparison.Ordinal));
    }

    [Fact]
    public async Task Every_address_of_the_console_is_its_one_page_under_a_policy_without_anything_inline()
    {
        await using var gateway = await TestGateway.StartAsync(0, Cancel);
        using var browser = new HttpClient { BaseAddress = new Uri(gateway.Origin) };
        foreach (var path in new[] { "/console", "/console/", "/console/jobs/12", "/console/accounts/a%20b" })
        {
            using var answer = await browser.GetAsync(path, Cancel);
            var page = await answer.Content.ReadAsStringAsync(Cancel);
            Assert.Equal("text/html", answer.Content.Headers.ContentType!.MediaType);
            Assert.Contains("<div id=\"app\">", page, StringComparison.Ordinal);
            Assert.DoesNotMatch("<script>|<style|style=|\\son[a-z]+=\"|https?://", page);

            var policy = answer.Headers.GetValues("Content-Security-Policy").Single();
            Assert.StartsWith(
                "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' blob:; media-src 'self' blob:; "
                    + "connect-src 'self';",
                policy, StringComparison.Ordinal);
            Assert.DoesNotContain("unsafe", policy, StringComparison.Ordinal);
            Assert.Equal("nosniff", answer.Headers.GetValues("X-Content-Type-Options").Single());
        }
    }

    [Fact]
    public async Task The_address_alone_leads_to_the_console()
    {
        await using var gateway = await TestGateway.StartAsync(0, Cancel);
        using var browser = new HttpClient { BaseAddress = new Uri(gateway.Origin) };
        using var page = await browser.GetAsync("/", Cancel);
        Assert.Equal("/console", page.RequestMessage!.RequestUri!.AbsolutePath);
        Assert.Equal("text/html", page.Content.Headers.ContentType!.MediaType);
    }

    [Fact]
    public async Task What_is_known_is_not_sent_again()
    {
        await using var gateway = await TestGateway.StartAsync(0, Cancel);
        using var browser = new HttpClient { BaseAddress = new Uri(gateway.Origin) };
        using var page = await browser.GetAsync("/console", Cancel);
        using var again = new HttpRequestMessage(HttpMethod.Get, "/console");
        again.Headers.IfNoneMatch.Add(page.Headers.ETag!);
        Assert.Equal(HttpStatusCode.NotModified, (await browser.SendAsync(again, Cancel)).StatusCode);
        Assert.True(page.Headers.CacheControl!.NoCache);

        var asset = AssetsOf(await page.Content.ReadAsStringAsync(Cancel))[0];
        using var script = await browser.GetAsync(asset, Cancel);
        Assert.Equal(TimeSpan.FromDays(365), script.Headers.CacheControl!.MaxAge);
        Assert.Equal(HttpStatusCode.NotFound, (await browser.GetAsync(asset + "x", Cancel)).StatusCode);
        Assert.Equal(HttpStatusCode.NotFound, (await browser.GetAsync("/console/assets/x/index.html", Cancel)).StatusCode);
    }

    [Theory]
    [InlineData("br")]
    [InlineData("gzip")]
    public async Task The_first_view_is_small_and_comes_compressed(string encoding)
    {
        await using var gateway = await TestGateway.StartAsync(0, Cancel);
        using var browser = new HttpClient { BaseAddress = new Uri(gateway.Origin) };
        var page = await browser.GetStringAsync("/console", Cancel);
        long plain = page.Length, sent = page.Length;
        foreach (var asset in AssetsOf(page))
        {
            using var request = new HttpRequestMessage(HttpMethod.Get, asset);
            request.Headers.AcceptEncoding.ParseAdd(encoding);
            using var answer = await browser.SendAsync(request, Cancel);
            Assert.Equal([encoding], answer.Content.Headers.ContentEncoding);
            var packed = await answer.Content.ReadAsByteArrayAsync(Cancel);
            using Stream content = encoding == "br"
                ? new BrotliStream(new MemoryStream(packed), CompressionMode.Decompress)
                : new GZipStream(new MemoryStream(packed), CompressionMode.Decompress);
            using var unpacked = new MemoryStream();
            await content.CopyToAsync(unpacked, Cancel);
            Assert.Equal(await browser.GetByteArrayAsync(asset, Cancel), unpacked.ToArray());
            (plain, sent) = (plain + unpacked.Length, sent + packed.Length);
        }

        Assert.InRange(plain, 50_000, 200_000);
        Assert.InRange(sent, 10_000, 70_000);
    }

    [Fact]
    public async Task Scripts_are_sent_as_one_that_finds_what_it_still_imports()
    {
        await using var gateway = await TestGateway.StartAsync(0, Cancel);
        using var browser = new HttpClient { BaseAddress = new Uri(gateway.Origin) };
        var assets = AssetsOf(await browser.GetStringAsync("/console", Cancel));
        var script = Assert.Single(assets, asset => asset.EndsWith(".js", StringComparison.Ordinal));
        var text = await browser.GetStringAsync(script, Cancel);
        Assert.DoesNotMatch(@"(?m)^(import|export)\b.*['""]\./", text);
        var later = Calls().Matches(text).Select(call => call.Groups[1].Value).ToList();
        Assert.NotEmpty(later);
        foreach (var path in later)
            Assert.Equal(
                HttpStatusCode.OK, (await browser.GetAsync(new Uri(new Uri(gateway.Origin + script), path), Cancel)).StatusCode);
        // What is in it is not there a second time, with a state of its own.
        Assert.Equal(
            HttpStatusCode.NotFound,
            (await browser.GetAsync(script.Replace("app.js", "api.js", StringComparison.Ordinal), Cancel)).StatusCode);
    }

    [Fact]
    public async Task Those_who_change_the_pages_see_them_as_they_lie_there()
    {
        using var folder = new TempFolder();
        await File.WriteAllTextAsync(folder["console.css"], "body { color: red }", Cancel);
        await using var gateway = await TestGateway.StartAsync(
            0, Cancel, options: new GatewayOptions { ConsoleFiles = folder.Path });
        using var browser = new HttpClient { BaseAddress = new Uri(gateway.Origin) };
        Assert.Equal("body { color: red }", await browser.GetStringAsync("/console/assets/dev/console.css", Cancel));
        // Scripts too, each for itself.
        await File.WriteAllTextAsync(folder["api.js"], "// mine", Cancel);
        Assert.Equal("// mine", await browser.GetStringAsync("/console/assets/dev/api.js", Cancel));
        // Only what the console has; another file there is nobody's business.
        await File.WriteAllTextAsync(folder["notes.txt"], "mine", Cancel);
        Assert.Equal(HttpStatusCode.NotFound, (await browser.GetAsync("/console/assets/dev/notes.txt", Cancel)).StatusCode);
    }

    [Fact]
    public async Task Styles_are_sent_as_one_file()
    {
        await using var gateway = await TestGateway.StartAsync(0, Cancel);
        using var browser = new HttpClient { BaseAddress = new Uri(gateway.Origin) };
        var assets = AssetsOf(await browser.GetStringAsync("/console", Cancel));
        var sheet = Assert.Single(assets, asset => asset.EndsWith(".css", StringComparison.Ordinal));
        var text = await browser.GetStringAsync(sheet, Cancel);
        Assert.DoesNotContain("@import", text, StringComparison.Ordinal);
        Assert.Contains(".playground {", text, StringComparison.Ordinal);
        Assert.Equal(
            HttpStatusCode.NotFound,
            (await browser.GetAsync(sheet.Replace("console.css", "base.css", StringComparison.Ordinal), Cancel)).StatusCode);
    }

    private static List<string> AssetsOf(string page) => [.. Assets().Matches(page).Select(match => match.Value).Distinct()];

    [GeneratedRegex("/console/assets/[^\"]+")]
    private static partial Regex Assets();

    [GeneratedRegex("""import\(['"](\.[^'"]+)['"]\)""")]
    private static partial Regex Calls();
}
