using System.Collections.Concurrent;
using System.Net.Http.Json;
using System.Text.Json;
using Rushes.Tests.Admin;
using Xunit;

namespace Rushes.Tests.Faults;

public sealed class LedgerKillTests
{
    private const int Kills = 20;
    private const int CreatesBetween = 20;
    private const int Connections = 16;

    /// <summary>This many jobs run to the end; the others are cancelled to keep the test short.</summary>
    private const int Rendered = 6;

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task The_books_balance_and_match_the_jobs_after_every_kill()
    {
        using var data = new TempFolder();
        await PaidCatalog.WriteAsync(data, Cancel);
        var created = new ConcurrentBag<string>();
        int account;
        string key;
        await using (var first = await GatewayProcess.StartAsync(data.Path, 0, Cancel))
        {
            account = await first.Http.AddAccountAsync("client", PaidCatalog.Plan, Cancel);
            (_, key) = await first.Http.AddKeyAsync(account, Cancel);
            await first.Http.AddCreditAsync(account, 1000, Cancel);
            await first.KillAsync();
        }

        for (var kill = 1; kill <= Kills; kill++)
        {
            await using var gateway = await GatewayProcess.StartAsync(data.Path, workers: 1, Cancel);
            AssertBalanced(await gateway.Http.StatementAsync(account, Cancel));
            using var client = AdminApi.With(gateway.Http.BaseAddress!.ToString(), key);
            using var stop = CancellationTokenSource.CreateLinkedTokenSource(Cancel);
            using var acknowledged = new SemaphoreSlim(0);
            var clients = Enumerable.Range(0, Connections)
                .Select(_ => CreateAsync(client, created, acknowledged, stop.Token))
                .ToArray();
            for (var count = 0; count < CreatesBetween; count++) await acknowledged.WaitAsync(Cancel);
            await gateway.KillAsync();
            await stop.CancelAsync();
            await Task.WhenAll(clients);
        }

        await using var last = await GatewayProcess.StartAsync(data.Path, workers: 2, Cancel);
        using var owner = AdminApi.With(last.Http.BaseAddress!.ToString(), key);
        var jobs = JobsIn(await last.Http.StatementAsync(account, Cancel)).ToList();
        foreach (var id in jobs.Skip(Rendered))
            using (await owner.PutAsync($"/queue/wan22-fast-t2v/requests/{id}/cancel?force=true", null, Cancel)) { }
        var states = new Dictionary<string, string>();
        foreach (var id in jobs) states[id] = await EndAsync(owner, id);

        var statement = await last.Http.StatementAsync(account, Cancel);
        AssertBalanced(statement);
        Assert.Subset(jobs.ToHashSet(), created.ToHashSet());
        Assert.Contains("COMPLETED", states.Values);
        foreach (var entries in statement.Where(line => line.TryGetProperty("job", out _))
            .GroupBy(line => line.GetProperty("job").ToString()))
        {
            var end = states[entries.Key] == "COMPLETED" ? "capture" : "release";
            Assert.Equal(["hold", "hold", end, end], entries.Select(line => line.GetProperty("kind").GetString()));
        }
        var spent = states.Values.Count(state => state == "COMPLETED") * 0.25m;
        var balance = await last.Http.CallAsync(HttpMethod.Get, $"/admin/accounts/{account}/credit", null, Cancel);
        Assert.Equal((1000 - spent, 0m), (balance.GetProperty("credit").GetDecimal(), balance.GetProperty("held").GetDecimal()));
    }

    /// <summary>Creates jobs until the gateway is killed; every third one is cancelled immediately.</summary>
    private static async Task CreateAsync(
        HttpClient http, ConcurrentBag<string> created, SemaphoreSlim acknowledged, CancellationToken stop)
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
                if (long.Parse(id) % 3 == 0)
                    using (await http.PutAsync($"/queue/wan22-fast-t2v/requests/{id}/cancel", null, stop)) { }
            }
        }
        catch (Exception error) when (error is HttpRequestException or IOException or OperationCanceledException)
        {
            // The gateway was killed.
        }
    }

    private static void AssertBalanced(List<JsonElement> statement)
    {
        Assert.Equal(0, statement.Sum(line => line.GetProperty("amount").GetDecimal()));
        foreach (var entry in statement.GroupBy(line => line.GetProperty("entry").GetInt64()))
            Assert.Equal(0, entry.Sum(line => line.GetProperty("amount").GetDecimal()));
    }

    private static IEnumerable<string> JobsIn(List<JsonElement> statement) =>
        statement.Where(line => line.GetProperty("kind").GetString() == "hold")
            .Select(line => line.GetProperty("job").ToString())
            .Distinct();

    private static async Task<string> EndAsync(HttpClient http, string id) =>
        (await Eventually.EndedAsync(http, id, Cancel)).GetProperty("status").GetString()!;
}
