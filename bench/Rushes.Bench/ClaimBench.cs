using System.Globalization;
using System.Net.Http.Json;
using System.Text.Json;
using Rushes.Database;
using Rushes.Jobs;

namespace Rushes.Bench;

/// <summary>
/// Processor time of claims and completions: in process with SQLite, and in a gateway with remote workers. With the folder of
/// another built version, both versions are measured in turn.
/// </summary>
internal static class ClaimBench
{
    /// <summary>Each worker makes the same number of runs.</summary>
    private const int Workers = 8, Runs = 10_000, WarmUp = 5_000, RemoteRuns = 8_000;

    public static async Task<IEnumerable<Row>> RunAsync(Plan plan, Folders disk, string? against)
    {
        List<Side> sides = [InProcess("Rushes", Folders.Repository), Remote("Rushes", Folders.Repository, disk)];
        if (against is not null) sides.AddRange(InProcess("before", against), Remote("before", against, disk));
        await Rounds.RunAsync("claims", plan.Rounds, sides);
        string[] titles =
        [
            "processor time of a claim and a completion, in process",
            "processor time of a claim, a heartbeat and a failure of a remote worker, in the gateway",
        ];
        return titles.Index().Select(title => against is null
            ? new Row(title.Item, $"{sides[title.Index]}", "", "", "")
            : Row.OfTimes(title.Item, sides[title.Index], sides[title.Index + titles.Length], aim: 0.97));
    }

    /// <summary>One round in this process: prints the microseconds of processor time for each run.</summary>
    public static async Task MeasureAsync()
    {
        using var disk = new Folders("claims");
        await using var database = await Jobs.OpenAsync(disk.New());
        var account = await database.Accounts.EnsureAccountAsync("first", default);
        await Task.WhenAll(Enumerable.Range(0, WarmUp + Runs).Select(_ => database.Jobs.SubmitAsync(Jobs.New(account), default)));
        await CompleteAsync(database.Leases, WarmUp);
        var before = Environment.CpuUsage.TotalTime;
        await CompleteAsync(database.Leases, Runs);
        Console.WriteLine(PerRun(Environment.CpuUsage.TotalTime - before, Runs).ToString(CultureInfo.InvariantCulture));
    }

    private static Task CompleteAsync(ILeaseStore leases, int runs) =>
        Task.WhenAll(Enumerable.Range(0, Workers).Select(worker => Task.Run(async () =>
        {
            for (var run = 0; run < runs / Workers; run++)
            {
                var until = TimeProvider.System.GetUtcNow().AddMinutes(1);
                var lease = await leases.ClaimAsync(new ClaimRequest($"node/{worker}", ["t2v"], until), default);
                var key = $"outputs/a1/{lease!.Job.Id}_{lease.Fence}_wan22-fast-t2v.mp4";
                await leases.FinishAsync(lease.Job.Id, lease.Fence, new RunOutcome.Done(key, 1_000_000), default);
            }
        })));

    private static Side InProcess(string name, string folder) => new($"{name} in process", Rounds.Microseconds, async () =>
    {
        var printed = await ServerProcess.OutputAsync("dotnet", ProgramOf(folder), "claims-round");
        return double.Parse(printed, CultureInfo.InvariantCulture);
    });

    private static Side Remote(string name, string folder, Folders disk) => new($"{name} remote", Rounds.Microseconds, async () =>
    {
        var data = disk.New();
        await ServerProcess.OutputAsync("dotnet", ProgramOf(folder), "fill", data, $"{RemoteRuns}");
        await using var gateway = await ServerProcess.GatewayOfAsync(folder, data);
        using var http = new HttpClient { BaseAddress = gateway.Address };
        http.DefaultRequestHeaders.Authorization = new("Bearer", ServerProcess.Key);
        http.DefaultRequestHeaders.Add("X-Rushes-Worker-Protocol", "2");
        await EndAsync(http, RemoteRuns / 2);
        var before = gateway.Processor;
        await EndAsync(http, RemoteRuns / 2);
        return PerRun(gateway.Processor - before, RemoteRuns / 2);
    });

    private static Task EndAsync(HttpClient http, int runs) =>
        Task.WhenAll(Enumerable.Range(0, Workers).Select(index => Task.Run(async () =>
        {
            var worker = $"bench/{index}";
            for (var run = 0; run < runs / Workers; run++)
            {
                var offer = new { name = worker, version = "1", engine = "bench", models = (string[])["wan22-fast-t2v"] };
                var claim = await PostAsync(http, "worker/claim", offer);
                var (id, fence) = (claim.GetProperty("job").GetInt64(), claim.GetProperty("fence").GetInt64());
                var lease = $"?fence={fence}&worker={Uri.EscapeDataString(worker)}";
                await PostAsync(http, $"worker/jobs/{id}/heartbeat{lease}", new { done = 1, total = 4, stage = "draw" });
                await PostAsync(
                    http, $"worker/jobs/{id}/end{lease}",
                    new { outcome = "failed", code = "engine_failed", message = "A benchmark." });
            }
        })));

    private static async Task<JsonElement> PostAsync(HttpClient http, string path, object body)
    {
        using var answer = await http.PostAsJsonAsync(path, body);
        answer.EnsureSuccessStatusCode();
        return await answer.Content.ReadFromJsonAsync<JsonElement>();
    }

    private static string ProgramOf(string folder) =>
        Path.Combine(folder, "bench/Rushes.Bench/bin/Release/net10.0/Rushes.Bench.dll");

    private static double PerRun(TimeSpan processor, int runs) => processor.TotalMicroseconds / runs;
}
