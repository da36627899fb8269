using System.Text.Json.Nodes;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;
using Rushes.Engines.Comfy;
using Xunit;

namespace Rushes.Tests.Engines.Comfy;

/// <summary>Single answers of real servers, given again over a socket and read as the engine reads them.</summary>
public sealed class AnswerTests : IAsyncLifetime
{
    private readonly Queue<JsonNode> answers = [];
    private WebApplication? app;
    private HttpClient? http;
    private ComfyClient? client;

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync()
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.UseUrls("http://127.0.0.1:0");
        app = builder.Build();
        app.Run(async call =>
        {
            var answer = answers.Dequeue();
            Assert.Equal((string?)answer["call"], $"{call.Request.Method} {call.Request.Path}");
            call.Response.StatusCode = (int)answer["status"]!;
            call.Response.ContentType = answer["body"] is null ? "text/plain" : "application/json";
            await call.Response.WriteAsync((string?)answer["text"] ?? answer["body"]!.ToJsonString());
        });
        await app.StartAsync(Cancel);
        http = new HttpClient { BaseAddress = new Uri(app.Urls.First() + "/") };
        client = new ComfyClient(http, new ComfyOptions { Server = http.BaseAddress! }, TimeProvider.System);
    }

    public async ValueTask DisposeAsync()
    {
        Assert.Empty(answers);
        http!.Dispose();
        await app!.DisposeAsync();
    }

    [Fact]
    public async Task The_server_s_name_for_a_file_counts_in_whatever_folder_it_lies()
    {
        Play("uploading");
        using var folder = new TempFolder();
        File.WriteAllText(folder["a.png"], "a");
        Task<string?> UploadAsync(string name) => client!.UploadAsync(folder["a.png"], name, Cancel);

        Assert.Equal("start.png", await UploadAsync("start.png"));
        Assert.Equal("start (1).png", await UploadAsync("start.png"));
        Assert.Equal("gw/job-1/first.png", await UploadAsync("first.png"));
        Assert.Equal("..%2F..%2Fevil.png", await UploadAsync("../../evil.png"));
        Assert.Equal("speech.wav", await UploadAsync("speech.wav"));
        // Too large is the client's fault; nothing else is.
        Assert.Null(await UploadAsync("big.bin"));
        await AssertTroubleAsync(() => UploadAsync("x.png"));
        await AssertTroubleAsync(() => UploadAsync("x.png"));
        Assert.False(await client!.DownloadAsync(new OutputFile("nothere.png", "", "input"), folder["b.png"], Cancel));
    }

    [Fact]
    public async Task A_server_says_what_it_is_and_what_it_has()
    {
        Play("asking");

        var facts = await client!.FactsAsync(Cancel);
        Assert.Equal(("0.25.0", null), (facts.Version, facts.Gpu));
        Assert.Contains("--disable-metadata", Assert.Single(facts.Advice), StringComparison.Ordinal);
        Assert.Null((await client.FactsAsync(Cancel)).Version);
        Assert.NotNull(await client.NodeAsync("SaveVideo", Cancel));
        Assert.Null(await client.NodeAsync("NoSuchNode", Cancel));
        Assert.Contains("wan2.2_s2v_14B_fp8_scaled.safetensors", await client.ModelsAsync("diffusion_models", Cancel));
        Assert.False((await client.QueueAsync(Cancel)).Holds("00000000-0000-4000-8000-000000000000"));
        Assert.Null(await client.HistoryAsync("00000000-0000-4000-8000-000000000000", Cancel));
        await client.FreeAsync(Cancel);
    }

    [Fact]
    public async Task A_prompt_is_taken_or_rejected_or_the_server_is_in_trouble()
    {
        Play("sending");

        Assert.Null(await client!.SubmitAsync([], "3462c0a5-c279-4c21-a5e6-3dc999481849", "c", Cancel));
        var rejection = await client.SubmitAsync([], "ABC", "c", Cancel);
        Assert.False(rejection!.Partly);
        Assert.StartsWith("prompt_id must be a valid UUID", rejection.Message, StringComparison.Ordinal);
        await AssertTroubleAsync(() => client.SubmitAsync([], "f77ef025-1c59-42ff-a46e-1460f7238b2a", "c", Cancel));
    }

    [Fact]
    public async Task Older_servers_cannot_cancel_by_job_and_newer_ones_did_what_there_was_to_do()
    {
        Play("cancelling");

        Assert.False(await client!.CancelAsync("d87ac6ee-9e2c-4028-a9d5-3956178deadd", Cancel));
        Assert.True(await client.CancelAsync("b0a68b29-f701-4b6e-93c6-363ee53101f4", Cancel));
        // Also when that was nothing.
        Assert.True(await client.CancelAsync("602c6530-afd9-4c0d-9b14-9a0372ed93a8", Cancel));
        await client.DropAsync("no-such-id", Cancel);
        // After a restart a prompt is nowhere.
        Assert.False((await client.QueueAsync(Cancel)).Holds("ed13c9ae-c1cd-4404-afa6-51e3c1599560"));
        Assert.Null(await client.HistoryAsync("ed13c9ae-c1cd-4404-afa6-51e3c1599560", Cancel));
    }

    private void Play(string calls)
    {
        foreach (var answer in JsonNode.Parse(File.ReadAllText(
            Path.Combine(AppContext.BaseDirectory, "Engines", "Comfy", "Excerpts", "answers.json")))![calls]!.AsArray())
            answers.Enqueue(answer!);
    }

    private static async Task AssertTroubleAsync(Func<Task> call) =>
        Assert.True(ComfyClient.IsAway(await Assert.ThrowsAnyAsync<Exception>(call), Cancel));
}
