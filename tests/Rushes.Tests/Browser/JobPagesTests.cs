using System.Net.Http.Json;
using System.Text.Json;
using Microsoft.Playwright;
using Rushes.Server.Settings;
using Rushes.Tests.Webhooks;
using Rushes.Work.Remote;
using Xunit;
using static Microsoft.Playwright.Assertions;

namespace Rushes.Tests.Browser;

/// <summary>The list of jobs and the page of one, in a browser.</summary>
[Collection(ConsoleBrowser.Collection)]
public sealed class JobPagesTests(ConsoleBrowser browser)
{
    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Queued_jobs_are_found_filtered_moved_and_cancelled()
    {
        await using var gateway = await TestGateway.StartAsync(0, Cancel);
        foreach (var prompt in new[] { "A lighthouse", "A fox", "A city" }) await CreateAsync(gateway, new { prompt });
        await using var console = await browser.OpenAsync("/console/jobs", gateway: gateway);
        var page = console.Page;
        await Expect(page.Locator(".jobs tbody tr")).ToHaveCountAsync(3);
        await Expect(page.Locator(".jobs tbody tr").First).ToContainTextAsync("3rd in line");

        var search = page.GetByRole(AriaRole.Searchbox);
        await search.FillAsync("CITY");
        await page.Keyboard.PressAsync("Enter");
        await Expect(page.Locator(".jobs tbody tr")).ToHaveCountAsync(1);
        Assert.EndsWith("?words=CITY", page.Url, StringComparison.Ordinal);
        await search.FillAsync("3");
        await page.Keyboard.PressAsync("Enter");
        await Expect(page.GetByRole(AriaRole.Heading, new() { Level = 1 })).ToHaveTextAsync("A city");
        await Expect(page.Locator(".job-head .number")).ToHaveTextAsync("Job 3");
        await page.GetByRole(AriaRole.Button, new() { Name = "Move to front" }).ClickAsync();
        await Expect(page.Locator(".screen")).ToContainTextAsync("1st in line");
        await page.GetByRole(AriaRole.Button, new() { Name = "Cancel" }).ClickAsync();
        await Expect(page.Locator(".job-head .state")).ToHaveTextAsync("Cancelled");
        await Expect(page.Locator(".line")).ToContainTextAsync("before it started");

        await page.GetByRole(AriaRole.Link, new() { Name = "Jobs", Exact = true }).First.ClickAsync();
        await page.GetByRole(AriaRole.Button, new() { Name = "Cancelled" }).ClickAsync();
        await Expect(page.Locator(".jobs tbody tr")).ToHaveCountAsync(1);
        Assert.EndsWith("?state=cancelled", page.Url, StringComparison.Ordinal);
        await page.ReloadAsync();
        await Expect(page.Locator(".jobs tbody tr")).ToHaveCountAsync(1);
        await page.GetByRole(AriaRole.Button, new() { Name = "Clear" }).ClickAsync();
        await Expect(page.Locator(".jobs tbody tr")).ToHaveCountAsync(3);

        // One that comes while the list is looked at is there by itself.
        await CreateAsync(gateway, new { prompt = "A newcomer" });
        await Expect(page.Locator(".jobs tbody tr").First).ToContainTextAsync("A newcomer");
    }

    [Fact]
    public async Task A_job_is_followed_to_its_end_and_its_callback_sent_again()
    {
        await using var receiver = await TestReceiver.AnsweringAsync(500, 204);
        var id = await CreateAsync(
            browser.Gateway, new { prompt = "A fox in the snow", duration = 1.5, webhook_url = receiver.Url });
        await using var console = await browser.OpenAsync($"/console/jobs/{id}");
        var page = console.Page;
        await Expect(page.Locator(".job-head .state")).ToHaveTextAsync("Completed");
        await ConsolePage.AssertMovesAsync(page.Locator(".screen video"));
        foreach (var step in new[] { "Queued", "Started", "Completed" })
            await Expect(page.Locator(".line")).ToContainTextAsync(step);
        await Expect(page.Locator(".delivery")).ToContainTextAsync("HTTP 500");

        await page.GetByRole(AriaRole.Button, new() { Name = "Resend" }).ClickAsync();
        await Expect(page.Locator(".delivery")).ToContainTextAsync("HTTP 204");
        await Expect(page.Locator(".line")).ToContainTextAsync("Webhook delivered");
        await ConsoleBrowser.PictureAsync(page, "job", 1120);

        await page.GetByRole(AriaRole.Button, new() { Name = "Use these settings" }).ClickAsync();
        await Expect(page.GetByLabel("Prompt").First).ToHaveValueAsync("A fox in the snow");
    }

    [Fact]
    public async Task A_failed_job_says_why_and_is_tried_again()
    {
        await using var gateway = await TestGateway.StartAsync(0, Cancel);
        using var submit = new HttpRequestMessage(
            HttpMethod.Post, "/fal-ai/wan/v2.2-a14b/text-to-video") { Content = JsonContent.Create(new { prompt = "A fox" }) };
        submit.Headers.Add("X-Fal-Request-Timeout", "1");
        using var http = new HttpClient { BaseAddress = new Uri(gateway.Origin) };
        http.DefaultRequestHeaders.Add("Authorization", $"Key {TestGateway.Key}");
        using var submitted = await http.SendAsync(submit, Cancel);
        Assert.True(submitted.IsSuccessStatusCode, await submitted.Content.ReadAsStringAsync(Cancel));

        await using var console = await browser.OpenAsync("/console/jobs/1", gateway: gateway);
        var page = console.Page;
        await Expect(page.Locator(".job-head .state")).ToHaveTextAsync("Failed");
        await Expect(page.Locator(".screen")).ToContainTextAsync("start_timeout");
        await Expect(page.Locator(".failure")).ToContainTextAsync("No worker was available in time.");
        await Expect(page.Locator(".ids summary")).ToBeVisibleAsync();
        await Expect(page.GetByText("UUID")).ToBeHiddenAsync();
        await page.Locator(".ids summary").ClickAsync();
        await Expect(page.GetByText("UUID")).ToBeVisibleAsync();
        await page.GetByRole(AriaRole.Button, new() { Name = "Retry" }).ClickAsync();
        await Expect(page.Locator(".job-head .number")).ToHaveTextAsync("Job 2");
        await Expect(page.Locator(".job-head .state")).ToHaveTextAsync("Queued");
    }

    [Fact]
    public async Task Operators_see_what_the_engine_of_a_failed_job_printed_and_customers_what_to_do()
    {
        await using var gateway = await TestGateway.StartAsync(0, Cancel);
        var id = await CreateAsync(gateway, new { prompt = "A fox" });
        var fence = await ClaimAsync(gateway);
        using var ended = await gateway.Http.PostAsJsonAsync($"/worker/jobs/{id}/end?fence={fence}&worker=studio/1", new
        {
            outcome = "failed", code = "out_of_memory", message = "The GPU's memory is too small for this video.",
            output = "loading weights\nRuntimeError: out of memory in /opt/engine",
        }, Cancel);
        Assert.True(ended.IsSuccessStatusCode, await ended.Content.ReadAsStringAsync(Cancel));

        await using (var console = await browser.OpenAsync($"/console/jobs/{id}", gateway: gateway))
        {
            await Expect(console.Page.Locator(".failure")).ToContainTextAsync("Choose a shorter or smaller video");
            await console.Page.Locator(".failure summary").ClickAsync();
            await Expect(console.Page.Locator(".failure pre")).ToContainTextAsync("RuntimeError: out of memory in /opt/engine");
        }
        using var key = await gateway.Http.PostAsJsonAsync(
            "/admin/keys", new { account = "first", name = "customer", scopes = new[] { "submit", "read" } }, Cancel);
        var theirs = (await key.Content.ReadFromJsonAsync<JsonElement>(Cancel)).GetProperty("key").GetString()!;
        await using var customer = await browser.OpenAsync($"/console/jobs/{id}", theirs, gateway: gateway);
        await Expect(customer.Page.Locator(".failure")).ToContainTextAsync("Choose a shorter or smaller video");
        await Expect(customer.Page.Locator(".failure details")).ToHaveCountAsync(0);
    }

    [Fact]
    public async Task A_frame_of_the_unfinished_video_is_shown()
    {
        // The worker keeps the job for as long as the page needs.
        await using var gateway = await TestGateway.StartAsync(0, Cancel, options: new GatewayOptions { LeaseSeconds = 3600 });
        var id = await CreateAsync(gateway, new { prompt = "A fox" });
        await using var console = await browser.OpenAsync($"/console/jobs/{id}", gateway: gateway);
        var page = console.Page;
        await Expect(page.Locator(".screen")).ToContainTextAsync("1st in line");

        // A remote worker takes the job and reports a preview.
        var fence = await ClaimAsync(gateway);
        var jpeg = Convert.ToBase64String(await File.ReadAllBytesAsync(ConsoleBrowser.Portrait, Cancel));
        using var beat = await gateway.Http.PostAsJsonAsync(
            $"/worker/jobs/{id}/heartbeat?fence={fence}&worker=studio/1", new { done = 4, total = 24, preview = jpeg }, Cancel);
        Assert.True(beat.IsSuccessStatusCode, await beat.Content.ReadAsStringAsync(Cancel));

        await Expect(page.Locator(".screen")).ToContainTextAsync("Rendering 16 %");
        Assert.Equal(
            600,
            await page.GetByAltText("A frame of the unfinished video")
                .EvaluateAsync<int>("async shown => (await shown.decode(), shown.naturalWidth)"));
        await Expect(page.Locator(".line")).ToContainTextAsync("studio/1");
    }

    /// <summary>Claims the next job as the remote worker studio/1; returns its fencing token.</summary>
    private static async Task<long> ClaimAsync(TestGateway gateway)
    {
        gateway.Http.DefaultRequestHeaders.Add(WorkerProtocol.Header, WorkerProtocol.Version);
        using var claimed = await gateway.Http.PostAsJsonAsync(
            "/worker/claim",
            new { name = "studio/1", version = "0.1.0", engine = "comfyui", models = new[] { "wan22-fast-t2v" } }, Cancel);
        return (await claimed.Content.ReadFromJsonAsync<JsonElement>(Cancel)).GetProperty("fence").GetInt64();
    }

    private static async Task<string> CreateAsync(TestGateway gateway, object fields)
    {
        using var created = await gateway.Http.PostAsJsonAsync("/queue/wan22-fast-t2v", fields, Cancel);
        return (await created.Content.ReadFromJsonAsync<JsonElement>(Cancel)).GetProperty("request_id").GetString()!;
    }
}
