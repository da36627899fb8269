using System.Collections.Concurrent;
using System.Text.Json;
using Microsoft.AspNetCore.Http;
using Rushes.Tests.Webhooks;

namespace Rushes.Tests.Faults.Run;

/// <summary>The customer's server: records the callbacks of each job and sometimes fails.</summary>
internal sealed class Callbacks : IAsyncDisposable
{
    private readonly TestReceiver receiver;
    private readonly CancellationTokenSource stop = new();
    private readonly Task reading;
    private readonly ConcurrentDictionary<string, ConcurrentBag<(string Id, string Status)>> received = new();

    private Callbacks(TestReceiver receiver)
    {
        this.receiver = receiver;
        reading = ReadAsync();
    }

    public string Url => receiver.Url;

    /// <summary>The number of received callbacks, including those answered with an error.</summary>
    public int Count => receiver.Count;

    /// <summary>The callbacks of a job: their ids and final states.</summary>
    public IReadOnlyCollection<(string Id, string Status)> Of(string job) => received.TryGetValue(job, out var all) ? all : [];

    public static async Task<Callbacks> StartAsync() => new(await TestReceiver.StartAsync((http, number) =>
    {
        // Every twelfth is answered with an error, and comes again.
        http.Response.StatusCode = number % 12 == 0 ? StatusCodes.Status503ServiceUnavailable : StatusCodes.Status200OK;
        return Task.CompletedTask;
    }));

    public async ValueTask DisposeAsync()
    {
        await stop.CancelAsync();
        await reading;
        await receiver.DisposeAsync();
        stop.Dispose();
    }

    private async Task ReadAsync()
    {
        try
        {
            await foreach (var callback in receiver.AllAsync(stop.Token))
            {
                var body = JsonDocument.Parse(callback.Body).RootElement;
                received.GetOrAdd(body.GetProperty("request_id").GetString()!, _ => []).Add(
                    (callback.Headers["webhook-id"], body.GetProperty("status").GetString()!));
            }
        }
        catch (OperationCanceledException) when (stop.IsCancellationRequested)
        {
        }
    }
}
