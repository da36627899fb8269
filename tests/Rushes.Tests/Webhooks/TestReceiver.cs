using System.Threading.Channels;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;
using Xunit;

namespace Rushes.Tests.Webhooks;

/// <summary>A customer's server on loopback that records requests and returns the test's responses.</summary>
internal sealed class TestReceiver : IAsyncDisposable
{
    private readonly Channel<Received> received = Channel.CreateUnbounded<Received>();
    private readonly WebApplication app;
    private int count;

    private TestReceiver(WebApplication app) => this.app = app;

    public string Url => app.Urls.First() + "/hook";

    /// <summary>All received requests.</summary>
    public int Count => Volatile.Read(ref count);

    /// <param name="answer">Given the number of the request, from 1.</param>
    public static async Task<TestReceiver> StartAsync(Func<HttpContext, int, Task> answer)
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.UseUrls("http://127.0.0.1:0");
        var app = builder.Build();
        var receiver = new TestReceiver(app);
        app.Run(async http =>
        {
            using var body = new MemoryStream();
            await http.Request.Body.CopyToAsync(body);
            var number = Interlocked.Increment(ref receiver.count);
            var headers = http.Request.Headers.ToDictionary(
                header => header.Key, header => header.Value.ToString(), StringComparer.OrdinalIgnoreCase);
            receiver.received.Writer.TryWrite(new Received(http.Request.Method, http.Request.Path, headers, body.ToArray()));
            await answer(http, number);
        });
        await app.StartAsync(TestContext.Current.CancellationToken);
        return receiver;
    }

    public static Task<TestReceiver> AnsweringAsync(params int[] statuses) => StartAsync((http, number) =>
    {
        http.Response.StatusCode = statuses[Math.Min(number, statuses.Length) - 1];
        return http.Response.WriteAsync($"no. {number}");
    });

    /// <summary>Accepts requests and does not respond until the client disconnects.</summary>
    public static Task<TestReceiver> StallingAsync() => StartAsync(async (http, _) =>
    {
        var left = new TaskCompletionSource();
        http.RequestAborted.Register(left.SetResult);
        await left.Task;
    });

    public async Task<Received> NextAsync() => await received.Reader.ReadAsync(TestContext.Current.CancellationToken);

    /// <summary>Reads all requests as they arrive.</summary>
    public IAsyncEnumerable<Received> AllAsync(CancellationToken stop) => received.Reader.ReadAllAsync(stop);

    public ValueTask DisposeAsync() => app.DisposeAsync();
}

internal sealed record Received(string Method, string Path, Dictionary<string, string> Headers, byte[] Body);
