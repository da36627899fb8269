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

        await page.GetByLabel("Find a job by its id").FillAsync("3");
        await page.Keyboard.PressAsync("Enter");
        await Expect(page.GetByRole(AriaRole.Heading, new() { Level = 1 })).ToHaveTextAsync("Job 3");
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
        await ConsoleBrowser.PictureAsync(page, "job");

        await page.GetByRole(AriaRole.Button, new() { Name = "Edit in playground" }).ClickAsync();
        await Expect(page.GetByLabel("Prompt").First).ToHaveValueAsync("A fox in the snow");
    }

    [Fact]
    public async Task A_failed_job_says_why_and_is_tried_again()
    {
        await using var gateway = await TestGateway.StartAsync(0, Cancel, options: new GatewayOptions { LeaseSeconds = 5 });
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
        await page.GetByRole(AriaRole.Button, new() { Name = "Retry" }).ClickAsync();
        await Expect(page.GetByRole(AriaRole.Heading, new() { Level = 1 })).ToHaveTextAsync("Job 2");
        await Expect(page.Locator(".job-head .state")).ToHaveTextAsync("Queued");
    }

    [Fact]
    public async Task A_frame_of_the_unfinished_video_is_shown()
    {
        await using var gateway = await TestGateway.StartAsync(0, Cancel);
        var id = await CreateAsync(gateway, new { prompt = "A fox" });
        await using var console = await browser.OpenAsync($"/console/jobs/{id}", gateway: gateway);
        var page = console.Page;
        await Expect(page.Locator(".screen")).ToContainTextAsync("1st in line");

        // A worker elsewhere takes the job, and shows its work.
        gateway.Http.DefaultRequestHeaders.Add(WorkerProtocol.Header, WorkerProtocol.Version);
        using var claimed = await gateway.Http.PostAsJsonAsync(
            "/worker/claim",
            new { name = "studio/1", version = "0.1.0", engine = "comfyui", models = new[] { "wan22-fast-t2v" } }, Cancel);
        var fence = (await claimed.Content.ReadFromJsonAsync<JsonElement>(Cancel)).GetProperty("fence").GetInt64();
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

    private static async Task<string> CreateAsync(TestGateway gateway, object fields)
    {
        using var created = await gateway.Http.PostAsJsonAsync("/queue/wan22-fast-t2v", fields, Cancel);
        return (await created.Content.ReadFromJsonAsync<JsonElement>(Cancel)).GetProperty("request_id").GetString()!;
    }
}
