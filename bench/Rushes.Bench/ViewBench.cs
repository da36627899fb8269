using System.Text.Json;
using Microsoft.Playwright;

namespace Rushes.Bench;

/// <summary>The console's first view in a browser that was never there, against a page of one line: what the browser takes for itself.</summary>
internal static class ViewBench
{
    /// <summary>Remembers when what it looks for had been drawn, in milliseconds since the page was asked for.</summary>
    private const string Watch = """
        new MutationObserver((changes, watch) => {
          if (!document.querySelector('.ask-form, h1:not([class])')) return;
          watch.disconnect();
          requestAnimationFrame(() => setTimeout(() => window.drawn = performance.now()));
        }).observe(document, { childList: true, subtree: true });
        """;

    private const string Read = """
        async () => {
          while (!window.drawn || !performance.getEntriesByName('first-contentful-paint').length) await new Promise(requestAnimationFrame);
          const loaded = [...performance.getEntriesByType('navigation'), ...performance.getEntriesByType('resource')];
          return [performance.getEntriesByName('first-contentful-paint')[0].startTime, window.drawn, loaded.reduce((sum, each) => sum + each.transferSize, 0)];
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
        await using var browser = await playwright.Chromium.LaunchAsync(new BrowserTypeLaunchOptions { ExecutablePath = "/usr/bin/chromium", Args = ["--no-sandbox"] });
        await using var context = await browser.NewContextAsync(new BrowserNewContextOptions { BaseURL = $"{server.Address}" });
        if (path == "/console") await context.APIRequest.PostAsync("/console/api/session", new APIRequestContextOptions { Headers = [new("Authorization", $"Bearer {ServerProcess.Key}")] });
        var page = await context.NewPageAsync();
        await page.AddInitScriptAsync(Watch);
        await page.GotoAsync(path);
        return (await page.EvaluateAsync<JsonElement>(Read)).EnumerateArray().Select(figure => figure.GetDouble()).ToArray();
    }

    private static string Milliseconds(double value) => $"{value:0} ms";
}
