using System.Net.Http.Json;
using System.Text.Json;
using Rushes.Server.Settings;
using Xunit;

namespace Rushes.Tests.Dialects;

/// <summary>Drafts beside real runs, by default of a plan, and in spite of kills.</summary>
public sealed class DraftTests
{
    private const string Model = "/queue/wan22-fast-t2v";

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_plan_says_what_requests_do_not()
    {
        using var folder = new TempFolder();
        await File.WriteAllTextAsync(folder["catalog.json"], """{ "plans": { "default": { "draft": "approve" } } }""", Cancel);
        await using var gateway = await TestGateway.StartAsync(0, Cancel, folder.Path);

        var asked = await CreateAsync(gateway.Http, null);
        Assert.Equal(
            "AWAITING_APPROVAL",
            (await UntilDraftAsync(gateway.Http, asked)).GetProperty("statusMessages").GetProperty("message").GetString());
        var rejected = await CreateAsync(gateway.Http, false);
        var status = await StatusAsync(gateway.Http, rejected);
        Assert.False(status.TryGetProperty("draft_url", out _) || status.TryGetProperty("approve_url", out _));
    }

    [Fact]
    public async Task A_plan_that_asks_for_what_does_not_exist_is_rejected()
    {
        using var folder = new TempFolder();
        await File.WriteAllTextAsync(folder["catalog.json"], """{ "plans": { "default": { "draft": "maybe" } } }""", Cancel);
        var error = await Assert.ThrowsAsync<Rushes.Catalog.CatalogException>(
            () => TestGateway.StartAsync(0, Cancel, folder.Path));
        Assert.Contains("none of true, false and \"approve\"", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_draft_and_its_video_come_under_one_request()
    {
        await using var gateway = await TestGateway.StartAsync(1, Cancel);
        var job = await CreateAsync(gateway.Http, "approve");
        await UntilDraftAsync(gateway.Http, job);
        using (var approved = await gateway.Http.PostAsync($"{Model}/requests/{job}/approve", null, Cancel))
            approved.EnsureSuccessStatusCode();

        var status = await Eventually.EndedAsync(gateway.Http, job, Cancel);
        Assert.Equal("COMPLETED", status.GetProperty("status").GetString());
        using var anyone = new HttpClient();
        using var draft = await anyone.GetAsync(status.GetProperty("draft_url").GetString(), Cancel);
        Assert.Equal("video/mp4", draft.EnsureSuccessStatusCode().Content.Headers.ContentType!.MediaType);
    }

    [Fact]
    public async Task Drafts_that_were_promised_come_in_spite_of_kills()
    {
        using var data = new TempFolder();
        var jobs = new List<string>();
        for (var kill = 0; kill < 3; kill++)
        {
            await using var gateway = await GatewayProcess.StartAsync(data.Path, workers: 0, Cancel);
            for (var count = 0; count < 3; count++) jobs.Add(await CreateAsync(gateway.Http, true));
            // The last time some draft is under way or done.
            if (kill == 2) await UntilDraftAsync(gateway.Http, jobs[0]);
            await gateway.KillAsync();
        }

        await using var last = await TestGateway.StartAsync(0, Cancel, data.Path, new GatewayOptions { Drafts = 2 });
        using var anyone = new HttpClient();
        foreach (var job in jobs)
        {
            var status = await UntilDraftAsync(last.Http, job);
            Assert.Equal("IN_QUEUE", status.GetProperty("status").GetString());
            using var draft = await anyone.GetAsync(status.GetProperty("draft_url").GetString()!, Cancel);
            draft.EnsureSuccessStatusCode();
        }
    }

    private static async Task<string> CreateAsync(HttpClient http, object? draft)
    {
        using var answer = await http.PostAsJsonAsync(
            Model, new { prompt = "a wave", duration = 0.5, width = 512, height = 512, draft }, Cancel);
        answer.EnsureSuccessStatusCode();
        return (await answer.Content.ReadFromJsonAsync<JsonElement>(Cancel)).GetProperty("request_id").GetString()!;
    }

    private static async Task<JsonElement> UntilDraftAsync(HttpClient http, string job)
    {
        var status = await Eventually.ReadAsync(
            () => StatusAsync(http, job),
            status => status.TryGetProperty("draft_url", out _) || status.TryGetProperty("draft_error", out _),
            Cancel);
        Assert.False(status.TryGetProperty("draft_error", out _), $"{status}");
        return status;
    }

    private static Task<JsonElement> StatusAsync(HttpClient http, string job) =>
        http.GetFromJsonAsync<JsonElement>($"{Model}/requests/{job}/status", Cancel);
}
