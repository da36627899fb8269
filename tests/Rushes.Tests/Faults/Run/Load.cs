using System.Collections.Concurrent;
using System.Net;
using System.Net.Http.Json;
using System.Text.Json;
using Rushes.Tests.Admin;

namespace Rushes.Tests.Faults.Run;

/// <summary>
/// Clients that do as clients should: each sends a job with a key until it is acknowledged, to whichever gateway, cancels
/// some, asks until the job has ended, and sends the next.
/// </summary>
internal sealed class Load(Site site, string key, Callbacks callbacks, byte[] picture, int seed) : IDisposable
{
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(250);

    private readonly HttpClient[] gateways = [.. site.Addresses.Select(address => Client(address, key))];
    private int missing;

    public ConcurrentQueue<Order> Orders { get; } = [];

    /// <summary>The number of responses that a job does not exist.</summary>
    public int Missing => missing;

    /// <summary>Returns when all gateways know the key.</summary>
    public async Task KnownAsync(CancellationToken cancel)
    {
        foreach (var gateway in gateways)
            while (true)
            {
                using var answer = await gateway.GetAsync("/models", cancel);
                if (answer.IsSuccessStatusCode) break;
                await Task.Delay(Pause, cancel);
            }
    }

    /// <param name="stop">No new jobs from then on; those under way are waited for.</param>
    /// <param name="giveUp">They are not waited for any more.</param>
    public Task RunAsync(int clients, CancellationToken stop, CancellationToken giveUp) =>
        Task.WhenAll(Enumerable.Range(0, clients).Select(client => RunAsync(new Random(seed + client), stop, giveUp)));

    /// <summary>The id in the response to the same idempotency key.</summary>
    public async Task<string?> SendAgainAsync(Order order, CancellationToken giveUp)
    {
        var again = order with { };
        await SubmitAsync(again, new Random(seed), giveUp);
        return again.Id;
    }

    public void Dispose()
    {
        foreach (var gateway in gateways) gateway.Dispose();
    }

    private async Task RunAsync(Random random, CancellationToken stop, CancellationToken giveUp)
    {
        try
        {
            while (!stop.IsCancellationRequested)
            {
                var order = NewOrder(random);
                Orders.Enqueue(order);
                await SubmitAsync(order, random, giveUp);
                if (random.Next(3) == 0) await CancelAsync(order, random, giveUp);
                await EndAsync(order, random, giveUp);
            }
        }
        catch (OperationCanceledException) when (giveUp.IsCancellationRequested)
        {
            // What has not ended by now is for the report to tell.
        }
    }

    private Order NewOrder(Random random)
    {
        var key = new Guid(Enumerable.Range(0, 16).Select(_ => (byte)random.Next(256)).ToArray()).ToString("n");
        var calledBack = random.Next(2) == 0;
        var pictured = random.Next(5) == 0;
        var input = new Dictionary<string, object> { ["prompt"] = "a wave", ["duration"] = 0.5 };
        if (pictured) input["data_uri"] = Convert.ToBase64String(picture);
        else (input["width"], input["height"]) = (512, 512);
        if (calledBack) input["webhook_url"] = callbacks.Url;
        return new Order(key, pictured ? "wan22-fast-i2v" : "wan22-fast-t2v", input, calledBack);
    }

    private async Task SubmitAsync(Order order, Random random, CancellationToken giveUp)
    {
        while (true)
        {
            order.Sends++;
            var (status, body) = await AskAsync(random, HttpMethod.Post, $"/queue/{order.Model}", order, giveUp);
            if (status == HttpStatusCode.OK)
            {
                order.Id = JsonDocument.Parse(body).RootElement.GetProperty("request_id").GetString();
                return;
            }
            if (status is >= HttpStatusCode.BadRequest and < HttpStatusCode.InternalServerError)
                throw new InvalidOperationException($"A job was refused: {(int)status} {body}");
        }
    }

    private async Task CancelAsync(Order order, Random random, CancellationToken giveUp)
    {
        var force = random.Next(2) == 0;
        var (status, _) = await AskAsync(
            random, HttpMethod.Put, $"/queue/{order.Model}/requests/{order.Id}/cancel{(force ? "?force=true" : "")}", null,
            giveUp);
        order.Cancelled = status == HttpStatusCode.NoContent && !force;
    }

    private async Task EndAsync(Order order, Random random, CancellationToken giveUp)
    {
        while (order.End is null)
        {
            var (status, body) = await AskAsync(
                random, HttpMethod.Get, $"/queue/{order.Model}/requests/{order.Id}/status", null, giveUp);
            if (status == HttpStatusCode.NotFound) Interlocked.Increment(ref missing);
            if (status == HttpStatusCode.OK && JsonDocument.Parse(body).RootElement.GetProperty("status").GetString()
                is { } received and not ("IN_QUEUE" or "IN_PROGRESS")) order.End = received;
            else await Task.Delay(Pause, giveUp);
        }
    }

    /// <summary>Calls one of the gateways, and avoids one that just failed or was unavailable.</summary>
    private async Task<(HttpStatusCode? Status, string Body)> AskAsync(
        Random random, HttpMethod method, string path, Order? order, CancellationToken giveUp)
    {
        using var request = new HttpRequestMessage(method, path);
        if (order is not null)
        {
            request.Headers.Add("Idempotency-Key", order.Key);
            request.Content = JsonContent.Create(order.Input);
        }
        try
        {
            using var answer = await gateways[random.Next(gateways.Length)].SendAsync(request, giveUp);
            var body = await answer.Content.ReadAsStringAsync(giveUp);
            if (answer.StatusCode >= HttpStatusCode.InternalServerError) await Task.Delay(Pause, giveUp);
            return (answer.StatusCode, body);
        }
        catch (Exception error)
            when (!giveUp.IsCancellationRequested && error is HttpRequestException or IOException or OperationCanceledException)
        {
            await Task.Delay(Pause, giveUp);
            return (null, "");
        }
    }

    private static HttpClient Client(string address, string key)
    {
        var http = AdminApi.With(address, key);
        http.Timeout = TimeSpan.FromSeconds(20);
        return http;
    }
}
