using System.Threading.Channels;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;
using Xunit;

namespace Rushes.Tests.Safety;

/// <summary>A moderation endpoint on loopback that records requests and returns the test's responses.</summary>
internal sealed class ModerationServer : IAsyncDisposable
{
    public const string Clean =
        """{"id": "modr-1", "model": "omni", "results": [{"flagged": false, "categories": {"violence": false}}]}""";

    private readonly Channel<(string Authorization, string Body)> asked = Channel.CreateUnbounded<(string, string)>();
    private readonly WebApplication app;

    private ModerationServer(WebApplication app) => this.app = app;

    public string Url => app.Urls.First() + "/v1/moderations";

    public ValueTask<(string Authorization, string Body)> NextAsync() =>
        asked.Reader.ReadAsync(TestContext.Current.CancellationToken);

    public bool WasAsked => asked.Reader.Count > 0;

    public static Task<ModerationServer> AnsweringAsync(string body, int status = 200) => StartAsync(http =>
    {
        http.Response.StatusCode = status;
        return http.Response.WriteAsync(body);
    });

    /// <summary>Accepts what comes before a request, counted from 1.</summary>
    public static Task<ModerationServer> FlaggingFromAsync(int request, string flagged)
    {
        var count = 0;
        return StartAsync(http => http.Response.WriteAsync(Interlocked.Increment(ref count) < request ? Clean : flagged));
    }

    /// <summary>Accepts requests and does not respond until the client disconnects.</summary>
    public static Task<ModerationServer> StallingAsync() => StartAsync(async http =>
    {
        var left = new TaskCompletionSource();
        http.RequestAborted.Register(left.SetResult);
        await left.Task;
    });

    public ValueTask DisposeAsync() => app.DisposeAsync();

    private static async Task<ModerationServer> StartAsync(Func<HttpContext, Task> answer)
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.UseUrls("http://127.0.0.1:0");
        var server = new ModerationServer(builder.Build());
        server.app.MapPost("/v1/moderations", async (HttpContext http, CancellationToken cancel) =>
        {
            using var reader = new StreamReader(http.Request.Body);
            server.asked.Writer.TryWrite((http.Request.Headers.Authorization.ToString(), await reader.ReadToEndAsync(cancel)));
            await answer(http);
        });
        await server.app.StartAsync(TestContext.Current.CancellationToken);
        return server;
    }
}
