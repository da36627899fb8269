using System.Collections.Concurrent;
using System.Diagnostics;
using System.Globalization;
using System.Text.Json;
using Rushes.Bench.Load;

namespace Rushes.Bench;

/// <summary>Many remote workers in long polls: idle, and with jobs at a fixed rate, each of which wakes one of them.</summary>
internal static class WorkersBench
{
    private const int Rate = 200;

    public static async Task<IEnumerable<Row>> RunAsync(Plan plan, Folders disk)
    {
        await using var gateway = await ServerProcess.GatewayAsync(disk.New(), "--workers-per-key", $"{plan.RemoteWorkers}");
        var sent = new ConcurrentDictionary<int, long>();
        var waits = new ConcurrentBag<double>();
        using var stop = new CancellationTokenSource();
        var working = new List<Task>();
        for (var i = 0; i < plan.RemoteWorkers; i++)
            working.Add(WorkAsync(await RemoteWorker.ConnectAsync(gateway.Address, i), sent, waits, stop.Token));

        await SendAsync(gateway, sent, plan.WarmUp);
        async Task<double> ShareAsync(Func<Task> what)
        {
            var (processor, clock) = (gateway.Processor, Stopwatch.StartNew());
            await what();
            return (gateway.Processor - processor) / clock.Elapsed * 100;
        }
        Side quiet = new("idle", Rounds.Percent, () => ShareAsync(() => Task.Delay(TimeSpan.FromSeconds(plan.Seconds))));
        Side load = new("at work", Rounds.Percent, () => ShareAsync(() => SendAsync(gateway, sent, plan.Seconds)));
        Side tail = new("claims", Rounds.Milliseconds, () =>
        {
            var figure = Percentile.Of(waits, 0.99);
            waits.Clear();
            return Task.FromResult(figure);
        });
        waits.Clear();
        await Rounds.RunAsync("workers", plan.Rounds, quiet, load, tail);
        await stop.CancelAsync();
        await Task.WhenAll(working);
        var what = $"{plan.RemoteWorkers:N0} remote workers";
        return
        [
            new Row($"{what}, {Rate} jobs/s: 99th percentile of create to claim", $"{tail}", "", "",
                Row.Held(tail.Median <= 20, "20 ms or less")),
            new Row($"{what}, {Rate} jobs/s: of a core", $"{load}", "", "", Row.Held(load.Median <= 100, "100 % or less")),
            new Row($"{what}, idle: of a core", $"{quiet}", "", "", Row.Held(quiet.Median <= 5, "5 % or less")),
        ];
    }

    private static async Task WorkAsync(
        RemoteWorker worker, ConcurrentDictionary<int, long> sent, ConcurrentBag<double> waits, CancellationToken stop)
    {
        using (worker)
            try
            {
                while (true)
                {
                    if (await worker.ClaimAsync(stop) is not { } job) continue;
                    var seed = JsonElement.Parse(job.Input).GetProperty("seed").GetInt32();
                    waits.Add(Stopwatch.GetElapsedTime(sent[seed]).TotalMilliseconds);
                    await worker.EndAsync(job);
                }
            }
            catch (OperationCanceledException)
            {
                // The end of the benchmark.
            }
    }

    private static Task SendAsync(ServerProcess gateway, ConcurrentDictionary<int, long> sent, int seconds) =>
        OpenLoop.RunAsync(gateway.Address, Rate, seconds, async (connection, number) =>
        {
            var body = string.Create(
                CultureInfo.InvariantCulture,
                $$"""{"width": 832, "height": 480, "duration": 5, "seed": {{number}}, "prompt": "A paper boat"}""");
            var request = Connection.Post(gateway.Address, CreateBench.Path, body);
            sent[number] = Stopwatch.GetTimestamp();
            await connection.SendAsync(request);
        }, connections: 8);
}
