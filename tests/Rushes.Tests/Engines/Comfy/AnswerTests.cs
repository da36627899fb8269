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
    private readonly Queue<JsonNode> answers = new(JsonNode.Parse(File.ReadAllText(Path.Combine(AppContext.BaseDirectory, "Engines", "Comfy", "Excerpts", "answers.json")))!["answers"]!.AsArray()!);
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
        client = new ComfyClient(http);
    }

    public async ValueTask DisposeAsync()
    {
        http!.Dispose();
        await app!.DisposeAsync();
    }

    [Fact]
    public async Task Each_answer_is_understood_as_it_was_meant()
    {
        using var folder = new TempFolder();
        File.WriteAllText(folder["a.png"], "a");

        // The server's name for a file counts, in whatever folder it put it; one that is too large is told so.
        Assert.Equal("start (1).png", await client!.UploadAsync(folder["a.png"], "start.png", Cancel));
        Assert.Equal("gw/job-1/first.png", await client.UploadAsync(folder["a.png"], "first.png", Cancel));
        Assert.Null(await client.UploadAsync(folder["a.png"], "big.bin", Cancel));
        // Older servers cannot cancel by job; newer ones did what there was to do, also when that was nothing.
        Assert.False(await client.CancelAsync("d87ac6ee-9e2c-4028-a9d5-3956178deadd", Cancel));
        Assert.True(await client.CancelAsync("b0a68b29-f701-4b6e-93c6-363ee53101f4", Cancel));
        Assert.True(await client.CancelAsync("602c6530-afd9-4c0d-9b14-9a0372ed93a8", Cancel));
        var queue = await client.QueueAsync(Cancel);
        Assert.True(queue.Holds("7557b940-3a1a-48c3-91b1-4d8e1a3c8209") && queue.Pending.Contains("6bf285f1-7e60-436a-afc7-515974efe80b"));
        // After a restart a prompt is nowhere.
        Assert.False((await client.QueueAsync(Cancel)).Holds("ed13c9ae-c1cd-4404-afa6-51e3c1599560"));
        Assert.Null(await client.HistoryAsync("ed13c9ae-c1cd-4404-afa6-51e3c1599560", Cancel));
        await client.DropAsync("no-such-id", Cancel);
        var trouble = await Assert.ThrowsAnyAsync<Exception>(() => client.SubmitAsync([], "f77ef025-1c59-42ff-a46e-1460f7238b2a", "c", Cancel));
        Assert.True(ComfyClient.IsAway(trouble, Cancel));
        Assert.Empty(answers);
    }
}
