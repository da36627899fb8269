using System.Text.Json;
using Microsoft.Playwright;

namespace Rushes.Bench;

/// <summary>
/// The console's first view in a browser that was never there, against a page of one line: what the browser takes for
/// itself.
/// </summary>
internal static class ViewBench
{
    /// <summary>
    /// In milliseconds since the page was asked for: the first thing painted, the largest text painted; and the bytes loaded. A
    /// mark in SVG counts as the first, and text alone as the second: that is the form.
    /// </summary>
    private const string Read = """
        async () => {
          const painted = type => new Promise(seen =>
            new PerformanceObserver(list => seen(list.getEntries().at(-1).startTime)).observe({ type, buffered: true }));
          const [first, text] = [await painted('paint'), await painted('largest-contentful-paint')];
          const loaded = [...performance.getEntriesByType('navigation'), ...performance.getEntriesByType('resource')];
          return [first, text, loaded.reduce((sum, each) => sum + each.transferSize, 0)];
        }
        """;

    public static async Task<IEnumerable<Row>> RunAsync(Plan plan, Folders disk)
    {
        using var playwright = await Playwright.CreateAsync();
        await using var bare = await ServerProcess.BareAsync();
        await using var gateway = await ServerProcess.GatewayAsync(disk.New());
        var (drawn, bytes) = (0.0, 0.0);
        await ViewAsync(playwright, gateway, "/console");

        Side page = new("a line of text", Milliseconds, async () => (await ViewAsync(playwright, bare, "/page"))[0]);
        Side first = new("first picture", Milliseconds, async () =>
        {
            var view = await ViewAsync(playwright, gateway, "/console");
            (drawn, bytes) = (view[1], view[2]);
            return view[0];
        });
        Side form = new("form", Milliseconds, () => Task.FromResult(drawn));
        Side weight = new("weight", value => $"{value / 1000:0} KB", () => Task.FromResult(bytes));
        await Rounds.RunAsync("view", plan.Rounds, page, first, form, weight);
        return
        [
            Row.OfTimes("console, first picture", first, page) with { Aim = Row.Held(first.Median < 200, "under 200 ms") },
            Row.OfTimes("console, form to fill in", form, page) with { Aim = Row.Held(form.Median < 200, "under 200 ms") },
            new Row("loaded for it", $"{weight}", "", "", Row.Held(weight.Largest < 150e3, "under 150 KB")),
        ];
    }

    private static async Task<double[]> ViewAsync(IPlaywright playwright, ServerProcess server, string path)
    {
        await using var browser = await playwright.Chromium.LaunchAsync(
            new BrowserTypeLaunchOptions { ExecutablePath = "/usr/bin/chromium", Args = ["--no-sandbox"] });
        await using var context = await browser.NewContextAsync(new BrowserNewContextOptions { BaseURL = $"{server.Address}" });
        if (path == "/console")
            await context.APIRequest.PostAsync(
                "/console/api/session",
                new APIRequestContextOptions { Headers = [new("Authorization", $"Bearer {ServerProcess.Key}")] });
        var page = await context.NewPageAsync();
        await page.GotoAsync(path);
        return (await page.EvaluateAsync<JsonElement>(Read)).EnumerateArray().Select(figure => figure.GetDouble()).ToArray();
    }

    private static string Milliseconds(double value) => $"{value:0} ms";
}
