using System.Collections.Concurrent;

namespace Rushes.Tests.Faults.Run;

/// <summary>
/// What goes wrong, by two hands at once: one at processes, the other at lines, disks and clocks. Each deals its cards in an
/// order that the seed decides, all of them before any comes again, and sets right what it did before it deals the next.
/// </summary>
/// <param name="longest">How long PostgreSQL is unreachable the first time.</param>
internal sealed class Mishaps(Site site, TimeSpan longest, int seed)
{
    private readonly ConcurrentDictionary<string, int> counts = new();
    private int outages;

    private delegate Task Card(Random random, CancellationToken cancel);

    /// <summary>The number of faults by kind.</summary>
    public IReadOnlyDictionary<string, int> Counts => counts;

    /// <summary>The faults that are not possible on this machine.</summary>
    public IEnumerable<string> LeftOut
    {
        get
        {
            if (site.Network is null) yield return "workers in network namespaces (root, iproute2)";
            if (site.GatewayDisk is null || site.WorkerDisk is null) yield return "full disks (root)";
            if (site.Clock is null) yield return "clocks that jump (libfaketime)";
        }
    }

    /// <summary>Returns when all faults have been repaired.</summary>
    public Task RunAsync(CancellationToken stop, CancellationToken giveUp) =>
        Task.WhenAll(
            DealAsync(Processes(), new Random(seed), stop, giveUp),
            DealAsync(Surroundings(), new Random(seed + 1), stop, giveUp));

    private async Task DealAsync(Dictionary<string, Card> deck, Random random, CancellationToken stop, CancellationToken giveUp)
    {
        while (true)
        {
            var order = deck.Keys.ToArray();
            random.Shuffle(order);
            foreach (var name in order)
            {
                await Task.Delay(Seconds(random, 0.5, 3), stop).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
                if (stop.IsCancellationRequested) return;
                counts.AddOrUpdate(name, 1, (_, count) => count + 1);
                await deck[name](random, giveUp);
            }
        }
    }

    private Dictionary<string, Card> Processes() => new()
    {
        ["gateway killed"] = (random, cancel) => KillAsync(One(site.Gateways, random), random, cancel),
        ["gateway frozen"] = (random, cancel) => FreezeAsync(One(site.Gateways, random), Seconds(random, 4, 12), cancel),
        ["gateway stopped gently"] = async (random, cancel) =>
        {
            var gateway = One(site.Gateways, random);
            await gateway.StopAsync(cancel);
            await gateway.StartAsync(cancel);
        },
        ["worker killed"] = (random, cancel) => KillAsync(One(site.Workers, random), random, cancel),
        ["worker paused past its lease"] = (random, cancel) =>
            FreezeAsync(One(site.Workers, random), Seconds(random, Site.LeaseSeconds + 3, Site.LeaseSeconds + 5), cancel),
        ["PostgreSQL killed"] = async (random, cancel) =>
        {
            await site.Postgres.KillAsync();
            await Task.Delay(Seconds(random, 0, 3), cancel);
            await site.Postgres.UpAsync();
        },
    };

    private Dictionary<string, Card> Surroundings()
    {
        var deck = new Dictionary<string, Card>
        {
            ["PostgreSQL unreachable"] = async (random, cancel) =>
            {
                foreach (var line in site.ToPostgres) line.Hold();
                await Task.Delay(outages++ == 0 ? longest : Seconds(random, 6, 15), cancel);
                foreach (var line in site.ToPostgres) line.Release();
            },
            ["gateway cut off from PostgreSQL"] = async (random, cancel) =>
            {
                var line = One(site.ToPostgres, random);
                line.Hold();
                await Task.Delay(Seconds(random, 6, 15), cancel);
                line.Release();
            },
            ["S3 busy (503)"] = (random, _) =>
            {
                site.ToS3.AnswerBusy(random.Next(5, 40));
                return Task.CompletedTask;
            },
            ["S3 slow"] = async (random, cancel) =>
            {
                site.ToS3.Delay = TimeSpan.FromMilliseconds(random.Next(100, 500));
                await Task.Delay(Seconds(random, 4, 8), cancel);
                site.ToS3.Delay = TimeSpan.Zero;
            },
            ["S3 silent"] = (random, _) =>
            {
                site.ToS3.FallSilent(random.Next(1, 5));
                return Task.CompletedTask;
            },
            ["S3 uploads and downloads cut"] = async (random, cancel) =>
            {
                for (var time = 0; time < 4; time++)
                {
                    site.ToS3.CutUpload(random.Next(10, 40_000));
                    site.ToS3.CutDownload(random.Next(10, 40_000));
                    await Task.Delay(Seconds(random, 0.5, 2), cancel);
                }
            },
        };
        foreach (var mode in Enum.GetValues<SickEngine.Mode>().Where(mode => mode != SickEngine.Mode.Works))
            deck[NameOf(mode)] = async (random, cancel) =>
            {
                site.Engine.Set(mode);
                await Task.Delay(Seconds(random, 6, 12), cancel);
                site.Engine.Set(SickEngine.Mode.Works);
            };
        if (site.Network is { } network)
            deck["worker cut off"] = async (random, cancel) =>
            {
                var at = random.Next(2);
                await network.CutAsync(at);
                await Task.Delay(Seconds(random, 2, Site.LeaseSeconds + 5), cancel);
                await network.JoinAsync(at);
            };
        if (site.GatewayDisk is { } data) deck["gateway's disk full"] = (random, cancel) => FillAsync(data, random, cancel);
        if (site.WorkerDisk is { } scratch) deck["worker's disk full"] = (random, cancel) => FillAsync(scratch, random, cancel);
        if (site.Clock is { } clock)
            deck["gateway's clock jumps"] = async (random, cancel) =>
            {
                clock.Jump((random.Next(2) == 0 ? 1 : -1) * random.Next(20, 90));
                await Task.Delay(Seconds(random, 5, 8), cancel);
                clock.Jump(0);
            };
        return deck;
    }

    private static string NameOf(SickEngine.Mode mode) => mode switch
    {
        SickEngine.Mode.GpuLost => "engine lost its GPU",
        SickEngine.Mode.WeightsMissing => "engine's model file missing",
        SickEngine.Mode.SlowStart => "engine slow to start",
        _ => "engine in a crash loop",
    };

    private static async Task KillAsync(Node node, Random random, CancellationToken cancel)
    {
        await node.KillAsync();
        await Task.Delay(Seconds(random, 0, 2), cancel);
        await node.StartAsync(cancel);
    }

    private static async Task FreezeAsync(Node node, TimeSpan time, CancellationToken cancel)
    {
        await node.FreezeAsync();
        await Task.Delay(time, cancel);
        await node.ThawAsync();
    }

    private static async Task FillAsync(SmallDisk disk, Random random, CancellationToken cancel)
    {
        disk.Fill();
        await Task.Delay(Seconds(random, 4, 8), cancel);
        disk.Free();
    }

    private static T One<T>(IReadOnlyList<T> all, Random random) => all[random.Next(all.Count)];

    private static TimeSpan Seconds(Random random, double least, double most) =>
        TimeSpan.FromSeconds(least + random.NextDouble() * (most - least));
}
