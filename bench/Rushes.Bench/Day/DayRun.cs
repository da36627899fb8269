using Rushes.Database;
using Rushes.Database.Sqlite;
using Rushes.Jobs;

namespace Rushes.Bench.Day;

/// <summary>
/// Plays a day of jobs, second by second on a clock of its own, with the gateway's real queue: the database that creates jobs,
/// gives turns and claims, its retention and sweeps, the backlog that counts them, and the doorbells that wake workers. The
/// queue is the same at all gateways, so it is kept once; each gateway has a doorbell and workers. Only the runs are made up.
/// </summary>
internal sealed class DayRun
{
    private const int Day = 24 * 3600;

    private readonly Fleet fleet = new();
    private readonly DayFigures figures = new();
    private readonly Backlog backlog = new(new Doorbell());
    private readonly PriorityQueue<(Gpu Gpu, Lease Lease), int> ends = new();
    private readonly List<QueuedJob> queued = [];
    private readonly List<QueuedJob> late = [];
    private readonly int[] running = new int[Fleet.Pools.Length];
    private readonly DayClock clock;
    private readonly IDatabase database;
    private readonly Traffic traffic;

    private DayRun(DayClock clock, IDatabase database)
    {
        (this.clock, this.database) = (clock, database);
        traffic = new Traffic(fleet.Gpus.Count);
        database.Followers.AddJobs("queue", backlog.Apply);
        database.Followers.AddJobs("doorbells", jobs =>
            queued.AddRange(jobs.Where(job => job.State.IsQueued).Select(job => new QueuedJob(job.Id, job.Lane, job.Model))));
    }

    public static async Task<DayFigures> PlayAsync()
    {
        // In memory where that is possible: the disk is not measured.
        var parent = Directory.Exists("/dev/shm") ? "/dev/shm" : Path.GetTempPath();
        var folder = Directory.CreateDirectory(Path.Combine(parent, $"rushes-day-{Guid.NewGuid():N}")).FullName;
        try
        {
            var clock = new DayClock();
            await using var database = await SqliteDatabase.OpenAsync(
                Path.Combine(folder, "rushes.db"), new RetryPolicy(), clock);
            var day = new DayRun(clock, database);
            await day.RunAsync();
            return day.figures;
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    private int Second => clock.Second;

    private async Task RunAsync()
    {
        foreach (var client in traffic.All) await database.Accounts.EnsureAccountAsync($"client {client.Number}", default);
        await ClaimAsync([.. fleet.Gpus]);
        for (clock.Second = 1; Second < Day; clock.Second++)
        {
            if (Second % 3600 == 0) await Console.Error.WriteLineAsync($"day: {Second / 3600}:00, {backlog.Count:N0} jobs");
            if (Second % 60 == 0) await TidyAsync();
            CallLate();
            var free = await EndAndCreateAsync();
            if (Second == 13 * 3600) await TakeAwayAsync(free);
            if (Second == 14 * 3600) free.AddRange(Spots());
            await ClaimAsync(free);
            var waiting = backlog.Lanes.Sum(lane => backlog.Counts(lane).Queued);
            figures.Tick(Second, traffic.All, waiting, running);
        }

        if (await database.Jobs.ReadLiveAsync(default).CountAsync() is var live && live != backlog.Count)
            throw new InvalidOperationException($"{backlog.Count} jobs are in memory and {live} in the database");
    }

    /// <summary>As the gateway's background services do.</summary>
    private async Task TidyAsync()
    {
        var now = clock.GetUtcNow();
        await database.Leases.SweepAsync(now, now, default);
        var old = new PruneRequest(500) { Jobs = now.AddMinutes(-30) };
        while (await database.Retention.PruneAsync(old, default) == old.Limit) { }
    }

    /// <summary>Returns the workers that ended a run.</summary>
    private async Task<List<Gpu>> EndAndCreateAsync()
    {
        List<Gpu> free = [];
        List<Task> writes = [];
        while (ends.TryPeek(out var end, out var at) && at <= Second)
        {
            ends.Dequeue();
            // It may have been taken away.
            if (!ReferenceEquals(end.Gpu.Lease, end.Lease)) continue;
            writes.Add(database.Leases.FinishAsync(
                end.Lease.Job.Id, end.Lease.Fence, new RunOutcome.Done($"outputs/{end.Lease.Job.Id}.mp4", 1), default));
            Leave(end.Gpu);
            free.Add(end.Gpu);
        }

        foreach (var (client, job) in traffic.At(clock))
        {
            writes.Add(database.Jobs.SubmitAsync(job, default));
            figures.Created(client, IsT2V(job));
        }

        await Task.WhenAll(writes);
        return free;
    }

    /// <summary>Lets these workers claim, and all workers that a claim wakes.</summary>
    private async Task ClaimAsync(List<Gpu> claiming)
    {
        while (true)
        {
            var isRung = queued.Count > 0;
            queued.ForEach(Call);
            queued.Clear();
            var passedOn = claiming.Count > 0 && await ClaimOnceAsync(claiming);
            if (!isRung && !passedOn) return;
            claiming = [.. fleet.Gpus.Where(gpu => gpu.Ticket?.Rung.IsCompleted == true)];
        }
    }

    /// <summary>
    /// As gateways do: the one that queued the job wakes a worker that waits there; if none waits, all gateways do.
    /// </summary>
    private void Call(QueuedJob job)
    {
        var home = fleet.Doorbells[(int)(job.Id % Fleet.Gateways)];
        if (home.Awaited([(job.Id, [new QueuedJobs(job.Lane, job.Model, 1)])]).Count > 0)
        {
            home.Ring(job);
            late.Add(job);
            return;
        }

        foreach (var doorbell in fleet.Doorbells) doorbell.Ring(job);
    }

    /// <summary>Jobs that the woken worker did not get wake others.</summary>
    private void CallLate()
    {
        foreach (var job in late)
            if (backlog.Find(job.Id) is { State.IsQueued: true })
                foreach (var doorbell in fleet.Doorbells) doorbell.Ring(job);
        late.Clear();
    }

    /// <summary>Returns whether a worker was woken for a job and got another one, so that it woke the next.</summary>
    private async Task<bool> ClaimOnceAsync(List<Gpu> claiming)
    {
        var passedOn = false;
        var until = clock.GetUtcNow().AddDays(2);
        var claims = claiming.ConvertAll(gpu =>
        {
            var call = gpu.Ticket?.TakeCall();
            gpu.Ticket?.Dispose();
            gpu.Ticket = gpu.Doorbell.Take(gpu.Pool.Lanes);
            return (Gpu: gpu, Call: call, Task: database.Leases.ClaimAsync(new(gpu.Name, gpu.Pool.Lanes, until), default));
        });
        foreach (var (gpu, call, task) in claims)
        {
            var lease = await task;
            figures.Claimed(Second, lease is not null);
            if (lease is null)
            {
                _ = gpu.Ticket!.Wait();
                continue;
            }

            Start(gpu, lease);
            if (call is not { } other || other.Id == lease.Job.Id) continue;
            gpu.Doorbell.Ring(other);
            passedOn = true;
        }

        return passedOn;
    }

    private void Start(Gpu gpu, Lease lease)
    {
        gpu.Ticket!.Dispose();
        (gpu.Ticket, gpu.Lease) = (null, lease);
        running[Array.IndexOf(Fleet.Pools, gpu.Pool)]++;
        ends.Enqueue((gpu, lease), Second + traffic.SecondsOf(lease.Job));
        var created = (int)(lease.Job.CreatedAt - DayClock.Midnight).TotalSeconds;
        figures.Started(ClientOf(lease.Job), IsT2V(lease.Job), created, Second, isFirst: lease.Fence == 1);
    }

    private void Leave(Gpu gpu)
    {
        gpu.Lease = null;
        running[Array.IndexOf(Fleet.Pools, gpu.Pool)]--;
    }

    private async Task TakeAwayAsync(List<Gpu> free)
    {
        free.RemoveAll(IsSpot);
        foreach (var gpu in Spots())
        {
            gpu.Ticket?.Dispose();
            gpu.Ticket = null;
            if (gpu.Lease is not { } lease) continue;
            figures.Returned(ClientOf(lease.Job), IsT2V(lease.Job));
            Leave(gpu);
        }

        await database.Leases.InterruptAsync(Fleet.Spot, default);
    }

    private IEnumerable<Gpu> Spots() => fleet.Gpus.Where(IsSpot);

    private static bool IsSpot(Gpu gpu) => gpu.Name.StartsWith(Fleet.Spot, StringComparison.Ordinal);

    private Client ClientOf(Job job) => traffic.All[job.Account - 1];

    private static bool IsT2V(JobSpec job) => job.Lane == "t2v";
}
