using System.Collections.Concurrent;
using System.Net;
using System.Net.Http.Json;
using System.Text.Json;
using Xunit;

namespace Rushes.Tests.Faults;

public sealed class KillTests
{
    private const int Kills = 20;
    private const int Creates = 1000;
    private const int Connections = 64;

    /// <summary>This many jobs run to the end; the others are cancelled to keep the test short.</summary>
    private const int Rendered = 12;

    [Fact]
    public async Task What_was_acknowledged_survives_twenty_kills_and_ends_once()
    {
        var cancel = TestContext.Current.CancellationToken;
        using var data = new TempFolder();
        var created = new ConcurrentBag<string>();
        var cancelled = new ConcurrentBag<string>();

        for (var kill = 1; kill <= Kills; kill++)
        {
            await using var gateway = await GatewayProcess.StartAsync(data.Path, workers: 1, cancel);
            using var stop = CancellationTokenSource.CreateLinkedTokenSource(cancel);
            using var acknowledged = new SemaphoreSlim(0);
            var clients = Enumerable.Range(0, Connections)
                .Select(_ => CreateAsync(gateway.Http, created, cancelled, acknowledged, stop.Token))
                .ToArray();
            for (var count = 0; count < Creates / Kills; count++) await acknowledged.WaitAsync(cancel);
            await gateway.KillAsync();
            await stop.CancelAsync();
            await Task.WhenAll(clients);
        }

        await using var last = await GatewayProcess.StartAsync(data.Path, workers: 2, cancel);
        // Of those that nobody asked to cancel: a cancel that was not answered may have come to pass.
        var keep = created.Where(id => !IsToBeCancelled(id)).OrderBy(long.Parse).Take(Rendered).ToHashSet();
        foreach (var id in created.Except(cancelled).Except(keep))
            using (await last.Http.PutAsync($"/queue/wan22-fast-t2v/requests/{id}/cancel", null, cancel)) { }
        foreach (var id in created.Except(cancelled)) await Eventually.EndedAsync(last.Http, id, cancel);

        foreach (var id in cancelled)
            Assert.Equal("CANCELLED", (await StatusAsync(last.Http, id, cancel)).GetProperty("status").GetString());
        foreach (var id in keep)
        {
            Assert.Equal("COMPLETED", (await StatusAsync(last.Http, id, cancel)).GetProperty("status").GetString());
            // A killed run may have left its file behind: what counts is the one that is shown.
            using var shown = await last.Http.GetAsync($"/queue/wan22-fast-t2v/requests/{id}", cancel);
            Assert.Equal(HttpStatusCode.OK, shown.StatusCode);
        }
        Assert.Equal(created.Count, created.Distinct().Count());
        Assert.True(created.Count >= Creates);
    }

    /// <summary>Creates jobs until the gateway is killed; every third one is cancelled immediately.</summary>
    private static async Task CreateAsync(
        HttpClient http, ConcurrentBag<string> created, ConcurrentBag<string> cancelled, SemaphoreSlim acknowledged,
        CancellationToken stop)
    {
        try
        {
            while (!stop.IsCancellationRequested)
            {
                using var answer = await http.PostAsJsonAsync(
                    "/queue/wan22-fast-t2v", new { prompt = "a wave", duration = 0.5, width = 512, height = 512 }, stop);
                answer.EnsureSuccessStatusCode();
                var id = (await answer.Content.ReadFromJsonAsync<JsonElement>(stop)).GetProperty("request_id").GetString()!;
                created.Add(id);
                acknowledged.Release();
                if (!IsToBeCancelled(id)) continue;
                using var cancel = await http.PutAsync($"/queue/wan22-fast-t2v/requests/{id}/cancel", null, stop);
                if (cancel.StatusCode == HttpStatusCode.NoContent) cancelled.Add(id);
            }
        }
        catch (Exception error) when (error is HttpRequestException or IOException or OperationCanceledException)
        {
            // The gateway was killed: what was not answered was not acknowledged.
        }
    }

    private static bool IsToBeCancelled(string id) => long.Parse(id) % 3 == 0;

    private static async Task<JsonElement> StatusAsync(HttpClient http, string id, CancellationToken cancel)
    {
        using var answer = await http.GetAsync($"/queue/wan22-fast-t2v/requests/{id}/status", cancel);
        answer.EnsureSuccessStatusCode();
        return await answer.Content.ReadFromJsonAsync<JsonElement>(cancel);
    }
}
