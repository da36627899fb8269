using System.Collections.Concurrent;
using System.Net;
using System.Net.Http.Json;
using System.Text.Json;
using Rushes.Tests.Admin;
using Xunit;

namespace Rushes.Tests.Faults;

public sealed class KillTests
{
    private const int Kills = 20;
    private const int Creates = 1000;
    private const int Connections = 64;
    private const decimal Price = 0.25m;

    /// <summary>This many jobs run to the end; the others are cancelled to keep the test short.</summary>
    private const int Rendered = 12;

    private readonly ConcurrentBag<string> created = [], cancelled = [];
    private volatile Exception? lastError;

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task What_was_acknowledged_survives_twenty_kills_ends_once_and_is_paid_once()
    {
        using var data = new TempFolder();
        await PaidCatalog.WriteAsync(data, Cancel);
        var (account, key) = await AddAccountAsync(data);
        for (var kill = 1; kill <= Kills; kill++) await CreateAndKillAsync(data, account, key);

        await using var last = await TestGateway.StartAsync(workers: 2, Cancel, data.Path);
        using var client = AdminApi.With(last.Origin, key);
        var jobs = JobsIn(await last.Http.StatementAsync(account, Cancel));
        Assert.Equal(created.Count, created.Distinct().Count());
        Assert.True(created.Count >= Creates);
        Assert.Subset(jobs, created.ToHashSet());

        // Of those that nobody asked to cancel: a cancel that was not answered may have come to pass.
        var keep = jobs.Where(id => !IsToBeCancelled(id)).OrderBy(long.Parse).Take(Rendered).ToHashSet();
        foreach (var id in jobs.Except(cancelled).Except(keep))
            using (await client.PutAsync($"/queue/wan22-fast-t2v/requests/{id}/cancel?force=true", null, Cancel)) { }
        var states = new Dictionary<string, string>();
        foreach (var id in jobs) states[id] = await EndAsync(client, id);

        foreach (var id in cancelled) Assert.Equal("CANCELLED", states[id]);
        foreach (var id in keep)
        {
            Assert.Equal("COMPLETED", states[id]);
            // A killed run may have left its file behind: what counts is the one that is shown.
            using var shown = await client.GetAsync($"/queue/wan22-fast-t2v/requests/{id}", Cancel);
            Assert.Equal(HttpStatusCode.OK, shown.StatusCode);
        }
        await AssertPaidAsync(last.Http, account, states);
    }

    private static async Task<(int Account, string Key)> AddAccountAsync(TempFolder data)
    {
        await using var gateway = await GatewayProcess.StartAsync(data.Path, 0, Cancel);
        var account = await gateway.Http.AddAccountAsync("client", PaidCatalog.Plan, Cancel);
        var (_, key) = await gateway.Http.AddKeyAsync(account, Cancel);
        await gateway.Http.AddCreditAsync(account, 10_000, Cancel);
        await gateway.KillAsync();
        return (account, key);
    }

    private async Task CreateAndKillAsync(TempFolder data, int account, string key)
    {
        await using var gateway = await GatewayProcess.StartAsync(data.Path, workers: 1, Cancel);
        AssertBalanced(await gateway.Http.StatementAsync(account, Cancel));
        using var client = AdminApi.With(gateway.Http.BaseAddress!.ToString(), key);
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(Cancel);
        using var acknowledged = new SemaphoreSlim(0);
        var clients = Enumerable.Range(0, Connections).Select(_ => CreateAsync(client, acknowledged, stop.Token)).ToArray();
        var ended = Task.WhenAll(clients);
        for (var count = 0; count < Creates / Kills; count++)
        {
            var next = acknowledged.WaitAsync(stop.Token);
            await Task.WhenAny(next, ended);
            Assert.True(next.IsCompleted, $"No client creates jobs any more: {lastError}");
            await next;
        }
        await gateway.KillAsync();
        await stop.CancelAsync();
        await ended;
    }

    /// <summary>Creates jobs until the gateway is killed; every third one is cancelled immediately.</summary>
    private async Task CreateAsync(HttpClient http, SemaphoreSlim acknowledged, CancellationToken stop)
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
            lastError = error;
        }
    }

    private static bool IsToBeCancelled(string id) => long.Parse(id) % 3 == 0;

    private static async Task AssertPaidAsync(HttpClient admin, int account, Dictionary<string, string> states)
    {
        var statement = await admin.StatementAsync(account, Cancel);
        AssertBalanced(statement);
        foreach (var entries in statement.Where(line => line.TryGetProperty("job", out _))
            .GroupBy(line => line.GetProperty("job").ToString()))
        {
            var end = states[entries.Key] == "COMPLETED" ? "capture" : "release";
            Assert.Equal(["hold", "hold", end, end], entries.Select(line => line.GetProperty("kind").GetString()));
        }
        var spent = states.Values.Count(state => state == "COMPLETED") * Price;
        var balance = await admin.CallAsync(HttpMethod.Get, $"/admin/accounts/{account}/credit", null, Cancel);
        Assert.Equal(
            (10_000 - spent, 0m), (balance.GetProperty("credit").GetDecimal(), balance.GetProperty("held").GetDecimal()));
    }

    private static void AssertBalanced(List<JsonElement> statement)
    {
        Assert.Equal(0, statement.Sum(line => line.GetProperty("amount").GetDecimal()));
        foreach (var entry in statement.GroupBy(line => line.GetProperty("entry").GetInt64()))
            Assert.Equal(0, entry.Sum(line => line.GetProperty("amount").GetDecimal()));
    }

    private static HashSet<string> JobsIn(List<JsonElement> statement) =>
        statement.Where(line => line.GetProperty("kind").GetString() == "hold")
            .Select(line => line.GetProperty("job").ToString())
            .ToHashSet();

    private static async Task<string> EndAsync(HttpClient http, string id) =>
        (await Eventually.EndedAsync(http, id, Cancel)).GetProperty("status").GetString()!;
}
