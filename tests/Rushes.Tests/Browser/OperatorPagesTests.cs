using System.Net.Http.Json;
using Microsoft.Playwright;
using Rushes.Tests.Admin;
using Xunit;
using static Microsoft.Playwright.Assertions;

namespace Rushes.Tests.Browser;

/// <summary>The operators' pages in a browser, and what others see in their place.</summary>
[Collection(ConsoleBrowser.Collection)]
public sealed class OperatorPagesTests(ConsoleBrowser browser)
{
    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_lane_is_paused_and_the_queue_plotted()
    {
        await using var gateway = await TestGateway.StartAsync(0, Cancel);
        for (var i = 0; i < 3; i++) await gateway.Http.PostAsJsonAsync("/queue/wan22-fast-t2v", new { prompt = "A fox" }, Cancel);
        await using var console = await browser.OpenAsync("/console/queue", gateway: gateway);
        var page = console.Page;
        var lane = page.GetByRole(AriaRole.Region, new() { Name = "Text to video" });
        await Expect(lane.Locator(".figures")).ToContainTextAsync("Queued3");
        await Expect(lane.Locator("canvas")).ToHaveCountAsync(4);
        // Values are shown at the pointer, and the current ones without it.
        await Expect(lane.Locator(".values").First).ToContainTextAsync("fast 3");
        await lane.Locator(".u-over").First.HoverAsync();
        await Expect(lane.Locator(".values").First).ToHaveAttributeAsync("data-at", "pointer");
        await page.Mouse.MoveAsync(0, 0);
        await Expect(lane.Locator(".values").First).ToHaveAttributeAsync("data-at", "now");
        Assert.StartsWith(
            "Queued jobs of Text to video in the last hour",
            await lane.GetByRole(AriaRole.Img).First.GetAttributeAsync("aria-label"), StringComparison.Ordinal);

        await lane.GetByRole(AriaRole.Button, new() { Name = "Pause" }).ClickAsync();
        await Expect(lane.Locator(".state").First).ToHaveTextAsync("Paused");
        await page.GetByRole(AriaRole.Link, new() { Name = "Health" }).ClickAsync();
        await Expect(page.Locator(".checks")).ToContainTextAsync("Text to video is paused. Queued jobs: 3.");
        await page.GetByRole(AriaRole.Link, new() { Name = "Queue" }).ClickAsync();
        await lane.GetByRole(AriaRole.Button, new() { Name = "Resume" }).ClickAsync();
        await Expect(lane.GetByRole(AriaRole.Button, new() { Name = "Pause" })).ToBeVisibleAsync();
    }

    [Fact]
    public async Task A_busy_queue_is_seen_as_it_moves()
    {
        await using var gateway = await TestGateway.StartAsync(2, Cancel);
        await using var console = await browser.OpenAsync("/console/queue", gateway: gateway);
        var running = console.Page.Locator(".list.now tbody tr");
        string[] models = ["wan22-fast-t2v", "wan22-fast-t2v-pro", "wan22-fast-t2v", "wan22-fast-t2v-premium", "wan22-fast-t2v"];
        // For a picture with a past a minute of it; the test is content with one look, at more jobs than end before it.
        for (var round = 0; round < (ConsoleBrowser.TakesPictures ? 14 : 1); round++)
        {
            for (var i = 0; i < (ConsoleBrowser.TakesPictures ? 2 + (round * 3 % 5) : 60); i++)
                await gateway.Http.PostAsJsonAsync(
                    $"/queue/{models[(round + i) % 5]}", new { prompt = "A fox", duration = 4 }, Cancel);
            await Expect(running.First).ToBeVisibleAsync();
            if (ConsoleBrowser.TakesPictures) await console.Page.WaitForTimeoutAsync(5000);
        }

        await Expect(running.First).ToContainTextAsync("first");
        var table = console.Page.GetByRole(AriaRole.Table, new() { Name = "Models in the last hour" });
        await Expect(table.Locator("tbody tr").First).ToContainTextAsync("wan22-fast-t2v");
        await ConsoleBrowser.PictureAsync(console.Page, "queue");
    }

    [Fact]
    public async Task A_worker_is_drained_and_resumed()
    {
        await using var gateway = await TestGateway.StartAsync(1, Cancel);
        await using var console = await browser.OpenAsync("/console/workers", gateway: gateway);
        var worker = console.Page.Locator(".worker");
        await Expect(worker).ToContainTextAsync("draft");
        await worker.GetByRole(AriaRole.Button, new() { Name = "Drain" }).ClickAsync();
        await Expect(worker.Locator(".state")).ToHaveTextAsync("Drained");
        await worker.GetByRole(AriaRole.Button, new() { Name = "Resume" }).ClickAsync();
        await Expect(worker.Locator(".state")).ToHaveTextAsync("Idle");
    }

    [Fact]
    public async Task An_account_is_made_given_a_key_and_credit_and_its_customer_sees_no_more_than_their_own()
    {
        using var data = new TempFolder();
        await PaidCatalog.WriteAsync(data, Cancel);
        await using var gateway = await TestGateway.StartAsync(0, Cancel, data.Path);
        string key;
        await using (var console = await browser.OpenAsync("/console/accounts", gateway: gateway))
        {
            var page = console.Page;
            await page.GetByRole(AriaRole.Button, new() { Name = "New account" }).ClickAsync();
            await page.GetByLabel("Name").FillAsync("acme");
            await page.GetByRole(AriaRole.Dialog).GetByLabel("Plan").SelectOptionAsync("paid");
            await page.GetByRole(AriaRole.Dialog).GetByRole(AriaRole.Button, new() { Name = "Create account" }).ClickAsync();
            await Expect(page.GetByRole(AriaRole.Heading, new() { Level = 1 })).ToHaveTextAsync("acme");

            await page.GetByLabel("Amount").FillAsync("12.5");
            await page.GetByLabel("Note").FillAsync("invoice 2031");
            await page.GetByRole(AriaRole.Button, new() { Name = "Add credit" }).ClickAsync();
            await Expect(page.GetByRole(AriaRole.Region, new() { Name = "Credit" })).ToContainTextAsync("€12.50");
            await Expect(page.GetByRole(AriaRole.Region, new() { Name = "Statement" })).ToContainTextAsync("invoice 2031");

            var webhook = page.GetByRole(AriaRole.Region, new() { Name = "Webhook" });
            await webhook.GetByLabel("Webhook URL").FillAsync("http://10.0.0.1/");
            await webhook.GetByRole(AriaRole.Button, new() { Name = "Save" }).ClickAsync();
            await Expect(webhook).ToContainTextAsync("an address that may not be reached");
            await webhook.GetByLabel("Webhook URL").FillAsync("https://1.1.1.1/videos");
            await webhook.GetByRole(AriaRole.Button, new() { Name = "Save" }).ClickAsync();
            await Expect(webhook.GetByRole(AriaRole.Button, new() { Name = "Save" })).ToBeDisabledAsync();

            await page.GetByRole(AriaRole.Button, new() { Name = "New key" }).ClickAsync();
            await page.GetByLabel("Name").FillAsync("their web shop");
            await page.GetByRole(AriaRole.Button, new() { Name = "Create key" }).ClickAsync();
            key = await page.Locator(".secret code").InnerTextAsync();
            Assert.StartsWith("rk_", key, StringComparison.Ordinal);
            await page.GetByRole(AriaRole.Button, new() { Name = "Close" }).ClickAsync();
            await Expect(page.GetByRole(AriaRole.Region, new() { Name = "API keys" })).ToContainTextAsync("their web shop");

            await page.GetByRole(AriaRole.Region, new() { Name = "Plan" }).GetByRole(AriaRole.Combobox)
                .SelectOptionAsync("default");
            await page.GetByRole(AriaRole.Button, new() { Name = "Cancel" }).ClickAsync();
            await Expect(page.GetByRole(AriaRole.Region, new() { Name = "Plan" }).GetByRole(AriaRole.Combobox))
                .ToHaveValueAsync("paid");
        }

        await using var theirs = await browser.OpenAsync("/console/account", key, gateway: gateway);
        await Expect(theirs.Page.GetByRole(AriaRole.Region, new() { Name = "Usage" })).ToContainTextAsync("No job ended");
        await Expect(theirs.Page.GetByRole(AriaRole.Heading, new() { Level = 1 })).ToHaveTextAsync("acme");
        await Expect(theirs.Page.Locator(".figures")).ToContainTextAsync("€12.50");
        await Expect(theirs.Page.GetByRole(AriaRole.Region, new() { Name = "Webhook" }))
            .ToContainTextAsync("https://1.1.1.1/videos");
        await Expect(theirs.Page.GetByRole(AriaRole.Navigation).GetByRole(AriaRole.Link)).ToHaveTextAsync(
            ["Playground", "Gallery", "Jobs", "Account"]);
        await theirs.Page.GotoAsync("/console/accounts");
        await Expect(theirs.Page.GetByText("Page not found")).ToBeVisibleAsync();
    }

    [Fact]
    public async Task An_account_is_suspended_only_after_its_name_was_typed_and_the_last_admin_not_at_all()
    {
        await using var gateway = await TestGateway.StartAsync(0, Cancel);
        await gateway.Http.AddAccountAsync("acme", "default", Cancel);
        await using var console = await browser.OpenAsync("/console/accounts/acme", gateway: gateway);
        var page = console.Page;
        await SuspendAsync("acme");
        await Expect(page.Locator("header .state")).ToHaveTextAsync("Suspended");
        await page.GetByRole(AriaRole.Button, new() { Name = "Unsuspend" }).ClickAsync();
        await Expect(page.Locator("header .state")).ToHaveCountAsync(0);

        await page.GotoAsync("/console/accounts/first");
        await SuspendAsync("first");
        await Expect(page.Locator(".notice")).ToContainTextAsync("has the only valid keys with the scope admin");

        async Task SuspendAsync(string name)
        {
            await page.GetByRole(AriaRole.Button, new() { Name = "Suspend" }).ClickAsync();
            var dialog = page.GetByRole(AriaRole.Dialog);
            var confirm = dialog.GetByRole(AriaRole.Button, new() { Name = "Suspend account" });
            await Expect(confirm).ToBeDisabledAsync();
            await dialog.GetByRole(AriaRole.Textbox).FillAsync(name);
            await ConsoleBrowser.PictureAsync(page, "suspend");
            await confirm.ClickAsync();
        }
    }
}
