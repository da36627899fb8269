using System.Collections.Concurrent;
using System.Diagnostics;
using System.Globalization;
using System.Text;
using Rushes.Bench.Load;

namespace Rushes.Bench;

/// <summary>
/// Status streams: 100 clients watch each running job, whose worker sends a heartbeat with progress each second.
/// </summary>
internal static class StreamBench
{
    private const int WatchersOfJob = 100;

    public static async Task<IEnumerable<Row>> RunAsync(Plan plan, Folders disk)
    {
        await using var gateway = await ServerProcess.GatewayAsync(
            disk.New(), "--streams-per-account", $"{2 * plan.Streams}", "--workers-per-key", "1000");
        var jobs = new List<(RemoteWorker Worker, RemoteJob Job)>();
        for (var i = 0; i < plan.Streams / WatchersOfJob; i++)
        {
            using var creator = await Connection.OpenAsync(gateway.Address);
            await creator.SendAsync(Connection.Post(gateway.Address, CreateBench.Path, Jobs.Input));
            var worker = await RemoteWorker.ConnectAsync(gateway.Address, i);
            jobs.Add((worker, (await worker.ClaimAsync())!));
        }
        var watch = new Watch();
        var streams = new List<Connection>();
        foreach (var (_, job) in jobs)
            for (var i = 0; i < WatchersOfJob; i++)
            {
                var stream = await Connection.OpenAsync(gateway.Address);
                streams.Add(stream);
                await stream.StartAsync(
                    Connection.Get(gateway.Address, $"/queue/wan22-fast-t2v/requests/{job.Id}/status/stream"));
                _ = watch.FollowAsync(stream, job.Id);
            }

        await watch.BeatAsync(jobs, plan.WarmUp);
        watch.Waits.Clear();
        var tail = new List<double>();
        var share = new List<double>();
        Side delivery = new("Rushes", Rounds.Milliseconds, async () =>
        {
            var (processor, clock) = (gateway.Processor, Stopwatch.StartNew());
            await watch.BeatAsync(jobs, plan.Seconds);
            share.Add((gateway.Processor - processor) / clock.Elapsed * 100);
            var waits = watch.Waits.ToArray();
            watch.Waits.Clear();
            if (waits.Length < streams.Count * (plan.Seconds - 1))
                throw new InvalidOperationException($"Only {waits.Length} events arrived.");
            return Percentile.Of(waits, 0.99);
        });
        Side processor = new("processor", Rounds.Percent, () => Task.FromResult(share[^1]));
        await Rounds.RunAsync("streams", plan.Rounds, delivery, processor);
        foreach (var stream in streams) stream.Dispose();
        foreach (var (worker, _) in jobs) worker.Dispose();
        var what = $"{streams.Count:N0} status streams, 1 change/s each";
        return
        [
            new Row(
                $"{what}, 99th percentile of delivery", $"{delivery}", "", "", Row.Held(delivery.Median <= 50, "50 ms or less")),
            new Row($"{what}, of a core", $"{processor}", "", "", Row.Held(processor.Median <= 60, "60 % or less")),
        ];
    }

    /// <summary>Knows when each heartbeat was sent, by its number.</summary>
    private sealed class Watch
    {
        private readonly ConcurrentDictionary<(long Job, int Number), long> sent = [];
        private int number;

        public ConcurrentBag<double> Waits { get; } = [];

        /// <summary>A heartbeat of each job each second, spread over the second.</summary>
        public async Task BeatAsync(List<(RemoteWorker Worker, RemoteJob Job)> jobs, int seconds)
        {
            using var timer = new PeriodicTimer(TimeSpan.FromSeconds(1.0 / jobs.Count));
            for (var second = 0; second < seconds; second++)
            {
                number++;
                foreach (var (worker, job) in jobs)
                {
                    await timer.WaitForNextTickAsync();
                    sent[(job.Id, number)] = Stopwatch.GetTimestamp();
                    await worker.BeatAsync(job, number);
                }
            }
        }

        public async Task FollowAsync(Connection stream, long job)
        {
            var buffer = new byte[2048];
            try
            {
                while (true)
                {
                    var count = await stream.ReceiveAsync(buffer);
                    var arrived = Stopwatch.GetTimestamp();
                    if (NumberOf(buffer.AsSpan(0, count)) is { } number && sent.TryGetValue((job, number), out var at))
                        Waits.Add(Stopwatch.GetElapsedTime(at, arrived).TotalMilliseconds);
                }
            }
            catch (Exception error) when (error is ObjectDisposedException or System.Net.Sockets.SocketException)
            {
                // Closed at the end.
            }
        }

        /// <summary>An event has the heartbeat's number as its progress.</summary>
        private static int? NumberOf(ReadOnlySpan<byte> received)
        {
            const string Mark = "Progress: ";
            var text = Encoding.UTF8.GetString(received);
            if (text.IndexOf(Mark, StringComparison.Ordinal) is var at && at < 0) return null;
            var rest = text.AsSpan(at + Mark.Length);
            return rest.IndexOf('/') is > 0 and var end
                ? int.Parse(rest[..end], CultureInfo.InvariantCulture)
                : null;
        }
    }
}
