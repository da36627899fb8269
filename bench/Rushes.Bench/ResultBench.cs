using Rushes.Bench.Load;
using Rushes.Database;
using Rushes.Jobs;

namespace Rushes.Bench;

/// <summary>
/// Finished videos of 3.3 MB, 64 at once: as base64 in JSON and by a signed URL, beside Kestrel sending the file.
/// </summary>
internal static class ResultBench
{
    private const int Bytes = 3_300_000;

    public static async Task<IEnumerable<Row>> RunAsync(Plan plan, Folders disk)
    {
        var data = disk.New();
        var (id, file) = await FinishAsync(data);
        await using var bare = await ServerProcess.BareAsync(file);
        await using var gateway = await ServerProcess.GatewayAsync(data);
        var result = $"/queue/wan22-fast-t2v/requests/{id}";
        var signed = await SignedAsync(gateway, result);
        Side kestrel = Get("bare Kestrel, file", bare, "/file", plan);
        Side download = Get("Rushes, signed URL", gateway, signed, plan);
        var (before, growth) = (0L, 0L);
        Side base64 = Get("Rushes, base64", gateway, result, plan, 0.75, () => growth = Math.Max(0, gateway.PeakMemory - before));
        Side memory = new("growth", Rounds.Megabytes, () => Task.FromResult((double)growth));
        foreach (var (server, path) in ((ServerProcess, string)[])[(bare, "/file"), (gateway, signed)])
            await GetAsync(server, path, plan.WarmUp);
        await GetAsync(gateway, result, 1);
        before = gateway.Memory;
        await Rounds.RunAsync("results", plan.Rounds, kestrel, download, base64, memory);
        return
        [
            Row.Of("results of 3.3 MB as base64 in JSON, 64 at once", base64, kestrel, aim: 0.5),
            new Row("memory that it takes", $"{memory}", "", "", Row.Held(memory.Largest <= 60e6, "60 MB or less")),
            Row.Of("downloads of 3.3 MB by signed URL, 64 at once", download, kestrel, aim: 0.9),
        ];
    }

    /// <param name="videoShare">How much of what is received is video: base64 is a third longer.</param>
    private static Side Get(
        string name, ServerProcess server, string path, Plan plan, double videoShare = 1, Action? after = null) =>
        new(name, Rounds.MegabytesPerSecond, async () =>
        {
            var rate = await GetAsync(server, path, plan.Seconds);
            after?.Invoke();
            return rate * videoShare;
        });

    /// <summary>Bytes received a second.</summary>
    private static async Task<double> GetAsync(ServerProcess server, string path, int seconds) =>
        (await Wrk.RunAsync(server.Address, seconds, "fetch", path, ServerProcess.Key)).Bytes;

    /// <summary>A finished job with its file, as a worker would have left them.</summary>
    private static async Task<(long Id, string File)> FinishAsync(string data)
    {
        await using var database = await Jobs.OpenAsync(data);
        var account = await database.Accounts.EnsureAccountAsync("first", default);
        await database.Jobs.SubmitAsync(Jobs.New(account), default);
        var until = TimeProvider.System.GetUtcNow().AddMinutes(1);
        var lease = (await database.Leases.ClaimAsync(new ClaimRequest("bench/1", ["t2v"], until), default))!;
        var key = $"outputs/a{account}/{lease.Job.Id}_{lease.Fence}_wan22-fast-t2v.mp4";
        await database.Leases.FinishAsync(lease.Job.Id, lease.Fence, new RunOutcome.Done(key, Bytes), default);
        var file = Path.Combine(data, "files/rushes-files", key);
        Directory.CreateDirectory(Path.GetDirectoryName(file)!);
        var bytes = new byte[Bytes];
        Random.Shared.NextBytes(bytes);
        await File.WriteAllBytesAsync(file, bytes);
        return (lease.Job.Id, file);
    }

    private static async Task<string> SignedAsync(ServerProcess gateway, string result)
    {
        using var http = new HttpClient { BaseAddress = gateway.Address };
        http.DefaultRequestHeaders.Authorization = new("Bearer", ServerProcess.Key);
        http.DefaultRequestHeaders.Add("x-pipelet-output", "binary");
        var answer = System.Text.Json.JsonElement.Parse(await http.GetStringAsync(new Uri(result, UriKind.Relative)));
        return new Uri(answer.GetProperty("video").GetProperty("data_url").GetString()!).PathAndQuery;
    }
}
