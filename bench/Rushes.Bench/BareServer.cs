using System.Text.Json.Serialization;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace Rushes.Bench;

/// <summary>Kestrel as the gateway configures it, doing nothing: it reads what it is sent and answers a constant.</summary>
internal static class BareServer
{
    private static readonly BareAnswer Answer = new(
        "IN_QUEUE", 12345,
        "http://127.0.0.1:8080/queue/wan22-fast-t2v/requests/123456789/and-as-much-again-as-the-gateway-sends");

    /// <param name="file">A file that it sends; null: none.</param>
    public static async Task RunAsync(string? file)
    {
        var builder = WebApplication.CreateSlimBuilder(["--hostBuilder:reloadConfigOnChange=false"]);
        builder.Logging.ClearProviders();
        builder.WebHost.UseUrls("http://127.0.0.1:0");
        builder.WebHost.ConfigureKestrel(kestrel => (kestrel.AddServerHeader, kestrel.Limits.MaxRequestBodySize) = (false, null));
        var app = builder.Build();
        app.MapGet("/json", () => TypedResults.Json(Answer, BareJson.Default.BareAnswer));
        app.MapGet("/page", () => TypedResults.Text("<!doctype html><title>Bare</title><h1>A line of text</h1>", "text/html"));
        if (file is not null) app.MapGet("/file", () => TypedResults.PhysicalFile(file, "video/mp4"));
        app.MapPost("/json", async (HttpContext http, CancellationToken cancel) =>
        {
            await DrainAsync(http.Request, cancel);
            return TypedResults.Json(Answer, BareJson.Default.BareAnswer);
        });
        await app.StartAsync();
        Console.WriteLine($"Ready on {app.Urls.First()}");
        await app.WaitForShutdownAsync();
    }

    private static async Task DrainAsync(HttpRequest request, CancellationToken cancel)
    {
        while (true)
        {
            var read = await request.BodyReader.ReadAsync(cancel);
            request.BodyReader.AdvanceTo(read.Buffer.End);
            if (read.IsCompleted) return;
        }
    }
}

internal sealed record BareAnswer(
    [property: JsonPropertyName("status")] string Status,
    [property: JsonPropertyName("queue_position")] int QueuePosition,
    [property: JsonPropertyName("response_url")] string ResponseUrl);

[JsonSerializable(typeof(BareAnswer))]
internal sealed partial class BareJson : JsonSerializerContext;
