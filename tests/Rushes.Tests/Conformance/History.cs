using FsCheck;
using FsCheck.Fluent;
using Rushes.Accounts;
using Rushes.Database;
using Rushes.Jobs;
using Xunit;

namespace Rushes.Tests.Conformance;

/// <summary>
/// Plays random steps on a database, on <see cref="LifecycleQueue"/> and on <see cref="QueueModel"/>, and compares them
/// after each.
/// </summary>
/// <param name="open">Opens the database: the first time, and again after each <see cref="Act.Reopen"/>.</param>
/// <param name="number">Sets its lanes and accounts apart from those of other histories in the database.</param>
internal sealed class History(Func<Task<IDatabase>> open, FakeClock clock, int number)
{
    public static readonly RetryPolicy Retries = new() { MaxAttempts = 3, MaxInterruptions = 3 };

    private static readonly (int Often, Act Act)[] Acts =
    [
        (8, Act.Submit), (6, Act.Claim), (2, Act.Renew), (2, Act.Done), (2, Act.Fail), (1, Act.FailForGood), (1, Act.Stopped),
        (2, Act.Return), (1, Act.EngineFault),
        (2, Act.Cancel), (2, Act.ForceCancel), (2, Act.Wait), (2, Act.Sweep), (1, Act.Interrupt), (2, Act.Approve), (1, Act.Move),
        (1, Act.Pause), (1, Act.Reopen),
    ];

    private readonly string[] lanes = [$"t2v-{number}", $"i2v-{number}"];
    private readonly List<int> accounts = [];

    // Filled anew whenever the database is opened.
    private IDatabase database = null!;
    private Backlog backlog = null!;
    private QueueModel model = null!;
    private LifecycleQueue lifecycle = null!;

    public enum Act
    {
        Submit,
        Claim,
        Renew,
        Done,
        Fail,
        FailForGood,
        Stopped,
        Return,
        EngineFault,
        Cancel,
        ForceCancel,
        Wait,
        Sweep,
        Interrupt,
        Reopen,
        Approve,
        Move,
        Pause,
    }

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    /// <summary>Steps that FsCheck can shrink.</summary>
    public static Arbitrary<Step[]> Any
    {
        get
        {
            var step =
                from what in Gen.Frequency([.. Acts.Select(each => (each.Often, Gen.Constant(each.Act)))])
                from pick in Gen.Choose(0, 1000)
                from tier in Gen.Choose(1, 2)
                from priority in Gen.Choose(-1, 1)
                from stale in Gen.Frequency((4, Gen.Constant(false)), (1, Gen.Constant(true)))
                from owner in Gen.Choose(0, 2)
                from weight in Gen.Elements<int?>(null, 1, 1, 3)
                select new Step(what, pick, tier, priority, stale, owner, weight);
            return Arb.From(step.ArrayOf(60), Shorter);
        }
    }

    /// <summary>The same steps for the same seed. Few of them reopen the database, because that is slow.</summary>
    public static Step[] Seeded(int seed)
    {
        var random = new Random(seed);
        Act[] acts = [.. Acts.SelectMany(each => Enumerable.Repeat(each.Act, each.Often))];
        return
        [
            .. Enumerable.Range(0, random.Next(10, 60)).Select(_ => new Step(
                acts[random.Next(acts.Length)] is var act && act == Act.Reopen && random.Next(20) > 0 ? Act.Claim : act,
                random.Next(1001), random.Next(1, 3), random.Next(-1, 2), random.Next(5) == 0, random.Next(3),
                random.Next(4) switch { 0 => null, 3 => 3, _ => 1 })),
        ];
    }

    private static IEnumerable<Step[]> Shorter(Step[] steps) =>
        Enumerable.Range(0, steps.Length).Select(left => steps.Where((_, i) => i != left).ToArray());

    /// <summary>Takes the steps, then ends all jobs, so that the next history in this database starts empty.</summary>
    public async Task RunAsync(Step[] steps)
    {
        await OpenAsync();
        try
        {
            foreach (var name in new[] { "alice", "bob", "carol" }) accounts.Add(await EnsureAsync($"{name}-{number}"));
            model = new QueueModel(Retries, MaxRunning);
            lifecycle = new LifecycleQueue(Retries, MaxRunning, clock);
            foreach (var step in steps)
            {
                if (step.Act == Act.Reopen)
                {
                    await database.DisposeAsync();
                    await OpenAsync();
                }
                else
                {
                    await TakeAsync(step);
                }

                AssertSame();
            }

            await AssertEndsAsync();
            await EndAsync();
        }
        finally
        {
            await database.DisposeAsync();
        }
    }

    /// <summary>An account with credit for more jobs than a history has.</summary>
    private async Task<int> EnsureAsync(string name)
    {
        var account = await database.Accounts.EnsureAccountAsync(name, Cancel);
        await database.Ledger.AddCreditAsync(new CreditChange(account, "USD", 1000, null), "key 1", Cancel);
        return account;
    }

    /// <summary>Alice may run one job at once, Bob two, Carol any number.</summary>
    private int? MaxRunning(int account) => accounts.IndexOf(account) is >= 0 and < 2 and var which ? which + 1 : null;

    private async Task OpenAsync()
    {
        database = await open();
        backlog = new Backlog(new Doorbell(), new ConcurrencyLimits(MaxRunning, () => true));
        await backlog.LoadAsync(database.Jobs.ReadLiveAsync(Cancel), Cancel);
        database.Followers.AddJobs("test", backlog.Apply);
        await database.FollowAsync(Cancel);
    }

    private async Task AssertEndsAsync()
    {
        foreach (var expected in model.Jobs)
        {
            var job = await database.Jobs.FindAsync(expected.Id, Cancel);
            Assert.Equal(
                (expected.State, expected.Attempts, expected.Interruptions, expected.Fence, expected.Turn),
                (job!.State, job.Attempts, job.Interruptions, job.Fence, job.Turn));
            var direct = lifecycle.Find(expected.Id);
            Assert.Equal(
                direct with { Input = job.Input, Plan = job.Plan, Binary = job.Binary, Model = job.Model, Draft = job.Draft },
                job);
            var expectedDeliveries = expected.HasWebhook && expected.State.IsFinished ? 1 : 0;
            Assert.Equal(
                expectedDeliveries, (await database.Deliveries.ReadDeliveriesAsync(job.Id, expected.Account, Cancel)).Count);
            Assert.Equal(expectedDeliveries, lifecycle.Deliveries.Count(id => id == job.Id));
            Assert.Equal(
                lifecycle.PastRuns.Where(run => run.Job == job.Id).Select(run => run.Fence).Order(),
                (await database.Lists.ReadPastRunsAsync(job.Id, Cancel)).Select(run => run.Fence));
            Assert.Equal(Settled(expected), lifecycle.Settlements.GetValueOrDefault(job.Id));
        }
    }

    private static Settlement Settled(ModelJob job) =>
        job.Price == 0 || !job.State.IsFinished ? Settlement.None
        : job.State == JobState.Completed ? Settlement.Capture
        : Settlement.Release;

    private async Task EndAsync()
    {
        foreach (var job in model.Jobs.Where(job => !job.State.IsFinished))
            if (await database.Jobs.CancelAsync(job.Id, job.Account, true, Cancel) == CancelOutcome.Stopping)
                await database.Leases.FinishAsync(job.Id, job.Fence, new RunOutcome.Stopped(), Cancel);
        await database.Leases.SweepAsync(clock.GetUtcNow(), Cancel);
        Assert.Equal(0, backlog.Count);
    }

    private async Task TakeAsync(Step step)
    {
        var job = model.Jobs.Count == 0 ? null : model.Jobs[step.Pick % model.Jobs.Count];
        var worker = $"node{step.Pick % 2}/1";
        var account = accounts[step.Owner];
        switch (step.Act)
        {
            case Act.Submit:
                await SubmitAsync(step, account);
                break;
            case Act.Claim:
                await ClaimAsync(step, worker);
                break;
            case Act.Wait:
                clock.Advance(TimeSpan.FromSeconds(25));
                break;
            case Act.Sweep:
                AssertAll(
                    model.Sweep(clock.GetUtcNow()), lifecycle.Sweep(),
                    await database.Leases.SweepAsync(clock.GetUtcNow(), Cancel));
                break;
            case Act.Interrupt:
                AssertAll(
                    model.Interrupt("node1/"), lifecycle.Interrupt("node1/"),
                    await database.Leases.InterruptAsync("node1/", Cancel));
                break;
            case Act.Pause:
                var pause = new LanePause(lanes[step.Pick % 2], step.Stale);
                AssertAll(
                    pause.Paused ? model.Paused.Add(pause.Lane) : model.Paused.Remove(pause.Lane),
                    pause.Paused ? lifecycle.Paused.Add(pause.Lane) : lifecycle.Paused.Remove(pause.Lane),
                    await database.Lists.PauseLaneAsync(pause, "key 1", Cancel));
                break;
            case Act.Move when job is not null:
                AssertAll(
                    model.Move(job), lifecycle.MoveToFront(job.Id),
                    await database.Jobs.MoveToFrontAsync(job.Id, "key 1", Cancel));
                break;
            case Act.Cancel or Act.ForceCancel when job is not null:
                var force = step.Act == Act.ForceCancel;
                AssertAll(
                    job.Cancel(force), lifecycle.Cancel(job.Id, job.Account, force),
                    await database.Jobs.CancelAsync(job.Id, job.Account, force, Cancel));
                break;
            case Act.Approve when job is not null:
                AssertAll(
                    job.Approve(clock.GetUtcNow()), lifecycle.Approve(job.Id, job.Account),
                    await database.Jobs.ApproveAsync(job.Id, job.Account, Cancel));
                break;
            case Act.Renew when job is not null:
                var fence = step.Stale ? job.Fence - 1 : job.Fence;
                AssertAll(
                    job.Renew(fence, Later(60)),
                    lifecycle.Renew(job.Id, fence, Later(60)),
                    await database.Leases.RenewAsync(job.Id, fence, Later(60), new Progress(1, 2), Cancel));
                break;
            default:
                if (job is null || Outcome(step.Act) is not { } outcome) break;
                fence = step.Stale ? job.Fence - 1 : job.Fence;
                AssertAll(
                    model.Finish(job, fence, outcome), lifecycle.Finish(job.Id, fence, outcome),
                    await database.Leases.FinishAsync(job.Id, fence, outcome, Cancel));
                break;
        }
    }

    private async Task SubmitAsync(Step step, int account)
    {
        var lane = lanes[step.Pick % 2];
        var work = step.Pick + 1;
        var hook = step.Pick % 5 == 0 ? null : $"http://host{step.Pick % 3}/";
        DateTimeOffset? approveBy = step.Pick % 6 == 0 ? Later(step.Pick % 12 == 0 ? 75 : 3600) : null;
        DateTimeOffset? startBy = step.Pick % 7 < 3 ? Later(step.Pick % 7 * 25) : null;
        DateTimeOffset? deadline = step.Pick % 8 < 2 ? Later(60 + step.Pick % 8 * 60) : null;
        var turn = step.Weight is { } weight ? model.NextTurn(account, (lane, step.Tier, step.Priority), weight) : 0;
        var submit = New(lane) with
        {
            Account = account, Tier = step.Tier, Priority = step.Priority, Work = work, WebhookUrl = hook,
            StartBy = startBy, Deadline = deadline,
            Weight = step.Weight, ApproveBy = approveBy, Price = step.Pick % 2,
        };
        var id = Assert.IsType<SubmitOutcome.Created>(await database.Jobs.SubmitAsync(submit, Cancel)).Id;
        lifecycle.Submit(submit, id, turn);
        model.Submit(new ModelJob
        {
            Id = id, Account = account, Turn = turn, Lane = lane, Tier = step.Tier, Priority = step.Priority, Work = work,
            HasWebhook = hook is not null, Price = submit.Price, StartBy = startBy, Deadline = deadline,
            CreatedAt = clock.GetUtcNow(), ApproveBy = approveBy,
            State = approveBy is null ? JobState.Pending : JobState.Awaiting,
        });
    }

    private async Task ClaimAsync(Step step, string worker)
    {
        string[] served = step.Pick % 3 == 2 ? lanes : [lanes[step.Pick % 3]];
        var lease = await database.Leases.ClaimAsync(
            new ClaimRequest(worker, served, Later(60)) { MaxRunning = MaxRunning }, Cancel);
        var claimed = model.Claim(served, worker, Later(60), clock.GetUtcNow());
        Assert.Equal((claimed?.Id, claimed?.Fence), (lease?.Job.Id, lease?.Fence));
        var direct = lifecycle.Claim(served, worker, Later(60));
        Assert.Equal((claimed?.Id, claimed?.Fence), (direct?.Id, direct?.Fence));
    }

    private static RunOutcome? Outcome(Act act) => act switch
    {
        Act.Done => new RunOutcome.Done("key", 1),
        Act.Fail => new RunOutcome.Failed(new JobError("engine_failed", "Broke."), true),
        Act.FailForGood => new RunOutcome.Failed(new JobError("engine_failed", "Broke."), false),
        Act.Stopped => new RunOutcome.Stopped(),
        Act.Return => new RunOutcome.Returned(),
        Act.EngineFault => new RunOutcome.EngineFault(new JobError("engine_failed", "Broke.")),
        _ => null,
    };

    private static void AssertAll<T>(T model, T lifecycle, T database)
    {
        Assert.Equal(model, lifecycle);
        Assert.Equal(model, database);
    }

    private void AssertSame()
    {
        foreach (var expected in model.Jobs) Assert.Equal(expected.State, lifecycle.Find(expected.Id).State);
        Assert.Equal(model.Jobs.Count(job => !job.State.IsFinished), backlog.Count);
        foreach (var lane in lanes)
        {
            var queue = model.Queue(lane);
            var counts = backlog.Counts(lane);
            Assert.Equal((queue.Count, queue.Sum(job => (long)job.Work)), (counts.Queued, counts.Work));

            foreach (var expected in queue)
            {
                var job = backlog.Find(expected.Id)!;
                Assert.Equal(expected.State, job.State);
                Assert.Equal(model.Ahead(expected, lane), job.Rank());
                Assert.Equal(model.Ahead(expected, lanes), backlog.Ahead(job, lanes));
            }

            var running = model.Jobs.Where(job => job.Lane == lane && job.State == JobState.Running);
            Assert.Equal(
                running.Select(job => (job.Id, job.Worker!, job.Stop)),
                backlog.Running(lane).Select(job => (job.Id, job.Run!.Worker, job.Run.StopRequested)).Order());
        }

        foreach (var expected in model.Jobs.Where(job => job.State == JobState.Awaiting))
        {
            Assert.Equal(JobState.Awaiting, backlog.Find(expected.Id)!.State);
            Assert.Null(backlog.Find(expected.Id)!.Rank());
        }

        foreach (var each in model.Jobs.GroupBy(job => job.Account))
            Assert.Equal(each.Count(job => job.State.IsWaiting), backlog.QueuedOf(each.Key));

        Assert.All(model.Jobs.Where(job => job.State.IsFinished), job => Assert.Null(backlog.Find(job.Id)));
    }

    private NewJob New(string lane) => DatabaseConformance.NewJob(accounts[0], lane, clock.GetUtcNow());

    private DateTimeOffset Later(int seconds) => clock.GetUtcNow().AddSeconds(seconds);

    /// <param name="Pick">Which job, lane or worker; taken modulo what there is.</param>
    /// <param name="Stale">Speaks with the fence of an older lease.</param>
    /// <param name="Weight">Null: the job takes no turn.</param>
    public sealed record Step(Act Act, int Pick, int Tier, int Priority, bool Stale, int Owner, int? Weight);
}
