using FsCheck;
using FsCheck.Fluent;
using Rushes.Database;
using Rushes.Jobs;
using Xunit;

namespace Rushes.Tests.Conformance;

/// <summary>Random histories against a list: whatever happens, order, positions and ends are the list's.</summary>
public abstract partial class DatabaseConformance
{
    private static readonly string[] HistoryLanes = ["t2v", "i2v"];
    private static readonly RetryPolicy HistoryRetries = new() { MaxAttempts = 3, MaxInterruptions = 3 };

    private int stores;

    private enum Act
    {
        Submit,
        Claim,
        Renew,
        Done,
        Fail,
        FailForGood,
        Stopped,
        Return,
        Cancel,
        ForceCancel,
        Wait,
        Sweep,
        Interrupt,
        Move,
        Pause,
        Reopen,
    }

    /// <param name="Pick">Which job, lane or worker; taken modulo what there is.</param>
    /// <param name="Stale">Speaks with the fence of an older lease.</param>
    /// <param name="Weight">Null: the job takes no turn.</param>
    private sealed record Step(Act Act, int Pick, int Tier, int Priority, bool Stale, int Owner, int? Weight);

    [Fact]
    public void Any_history_keeps_the_order_and_loses_no_job()
    {
        var act = Gen.Frequency(
            (8, Gen.Constant(Act.Submit)), (6, Gen.Constant(Act.Claim)), (2, Gen.Constant(Act.Renew)), (2, Gen.Constant(Act.Done)),
            (2, Gen.Constant(Act.Fail)), (1, Gen.Constant(Act.FailForGood)), (1, Gen.Constant(Act.Stopped)), (2, Gen.Constant(Act.Return)),
            (2, Gen.Constant(Act.Cancel)), (2, Gen.Constant(Act.ForceCancel)), (2, Gen.Constant(Act.Wait)), (2, Gen.Constant(Act.Sweep)),
            (1, Gen.Constant(Act.Interrupt)), (1, Gen.Constant(Act.Move)), (1, Gen.Constant(Act.Pause)), (1, Gen.Constant(Act.Reopen)));
        var step =
            from what in act
            from pick in Gen.Choose(0, 1000)
            from tier in Gen.Choose(1, 2)
            from priority in Gen.Choose(-1, 1)
            from stale in Gen.Frequency((4, Gen.Constant(false)), (1, Gen.Constant(true)))
            from owner in Gen.Choose(0, 2)
            from weight in Gen.Elements<int?>(null, 1, 1, 3)
            select new Step(what, pick, tier, priority, stale, owner, weight);
        var history = Arb.From(step.ArrayOf(60), Shorter);

        Prop.ForAll(history, RunAsync).Check(Config.QuickThrowOnFailure.WithMaxTest(40));
    }

    private static IEnumerable<Step[]> Shorter(Step[] steps) =>
        Enumerable.Range(0, steps.Length).Select(left => steps.Where((_, i) => i != left).ToArray());

    private async Task RunAsync(Step[] steps)
    {
        var store = $"history-{++stores}";
        var database = await OpenAsync(store, HistoryRetries, Clock);
        var accounts = new List<int>();
        foreach (var name in new[] { "alice", "bob", "carol" }) accounts.Add(await database.EnsureAccountAsync(name, Cancel));
        // Alice may run one job at once, Bob two, Carol any number.
        Func<int, int?> mostRunning = account => accounts.IndexOf(account) is var which and < 2 ? which + 1 : null;
        var backlog = await FollowAsync(database, new RunningBounds(mostRunning, () => true));
        var model = new QueueModel(HistoryRetries, mostRunning);
        try
        {
            foreach (var step in steps)
            {
                if (step.Act == Act.Reopen)
                {
                    await database.DisposeAsync();
                    database = await OpenAsync(store, HistoryRetries, Clock);
                    backlog = await FollowAsync(database, new RunningBounds(mostRunning, () => true));
                }
                else
                {
                    await TakeAsync(step, database, accounts[step.Owner], mostRunning, model);
                }

                AssertSame(model, backlog);
            }

            foreach (var expected in model.Jobs)
            {
                var job = await database.FindAsync(expected.Id, Cancel);
                Assert.Equal(
                    (expected.State, expected.Attempts, expected.Interruptions, expected.Fence, expected.Turn),
                    (job!.State, job.Attempts, job.Interruptions, job.Fence, job.Turn));
                var told = expected.HasWebhook && expected.State.IsFinished ? 1 : 0;
                Assert.Equal(told, (await database.ReadDeliveriesAsync(job.Id, expected.Account, Cancel)).Count);
            }
        }
        finally
        {
            await database.DisposeAsync();
        }
    }

    private async Task TakeAsync(Step step, IDatabase database, int account, Func<int, int?> mostRunning, QueueModel model)
    {
        var job = model.Jobs.Count == 0 ? null : model.Jobs[step.Pick % model.Jobs.Count];
        var worker = $"node{step.Pick % 2}/1";
        switch (step.Act)
        {
            case Act.Submit:
                var lane = HistoryLanes[step.Pick % 2];
                var work = step.Pick + 1;
                var hook = step.Pick % 5 == 0 ? null : $"http://host{step.Pick % 3}/";
                DateTimeOffset? startBy = step.Pick % 7 < 3 ? Later(step.Pick % 7 * 25) : null;
                var turn = step.Weight is { } weight ? model.NextTurn(account, (lane, step.Tier, step.Priority), weight) : 0;
                var submitted = await database.SubmitAsync(NewJob(lane) with
                {
                    Account = account, Tier = step.Tier, Priority = step.Priority, Work = work, WebhookUrl = hook, StartBy = startBy, Weight = step.Weight,
                }, Cancel);
                model.Submit(new ModelJob
                {
                    Id = Assert.IsType<SubmitOutcome.Created>(submitted).Id,
                    Account = account, Turn = turn, Lane = lane, Tier = step.Tier, Priority = step.Priority, Work = work, HasWebhook = hook is not null, StartBy = startBy,
                });
                break;
            case Act.Claim:
                string[] lanes = step.Pick % 3 == 2 ? HistoryLanes : [HistoryLanes[step.Pick % 3]];
                var lease = await database.ClaimAsync(new ClaimRequest(worker, lanes, Later(60)) { MostRunning = mostRunning }, Cancel);
                var claimed = model.Claim(lanes, worker, Later(60), Clock.GetUtcNow());
                Assert.Equal((claimed?.Id, claimed?.Fence), (lease?.Job.Id, lease?.Fence));
                break;
            case Act.Wait:
                Clock.Advance(TimeSpan.FromSeconds(25));
                break;
            case Act.Sweep:
                Assert.Equal(model.Sweep(Clock.GetUtcNow()), await database.SweepAsync(Clock.GetUtcNow(), Cancel));
                break;
            case Act.Interrupt:
                Assert.Equal(model.Interrupt("node1/"), await database.InterruptAsync("node1/", Cancel));
                break;
            case Act.Pause:
                var pause = new LanePause(HistoryLanes[step.Pick % 2], step.Stale);
                Assert.Equal(pause.Paused ? model.Paused.Add(pause.Lane) : model.Paused.Remove(pause.Lane), await database.PauseLaneAsync(pause, "key 1", Cancel));
                break;
            case Act.Move when job is not null:
                Assert.Equal(model.Move(job), await database.MoveToFrontAsync(job.Id, "key 1", Cancel));
                break;
            case Act.Cancel or Act.ForceCancel when job is not null:
                var force = step.Act == Act.ForceCancel;
                Assert.Equal(job.Cancel(force), await database.CancelAsync(job.Id, job.Account, force, Cancel));
                break;
            case Act.Renew when job is not null:
                var fence = step.Stale ? job.Fence - 1 : job.Fence;
                Assert.Equal(
                    job.Renew(fence, Later(60)),
                    await database.RenewAsync(job.Id, fence, Later(60), new Progress(1, 2), Cancel));
                break;
            default:
                if (job is null || Outcome(step.Act) is not { } outcome) break;
                fence = step.Stale ? job.Fence - 1 : job.Fence;
                Assert.Equal(model.Finish(job, fence, outcome), await database.FinishAsync(job.Id, fence, outcome, Cancel));
                break;
        }
    }

    private static RunOutcome? Outcome(Act act) => act switch
    {
        Act.Done => new RunOutcome.Done("key", 1),
        Act.Fail => new RunOutcome.Failed(new JobError("engine_failed", "Broke."), true),
        Act.FailForGood => new RunOutcome.Failed(new JobError("engine_failed", "Broke."), false),
        Act.Stopped => new RunOutcome.Stopped(),
        Act.Return => new RunOutcome.Returned(),
        _ => null,
    };

    private static void AssertSame(QueueModel model, Backlog backlog)
    {
        Assert.Equal(model.Jobs.Count(job => !job.State.IsFinished), backlog.Count);
        foreach (var lane in HistoryLanes)
        {
            var queue = model.Queue(lane);
            var counts = backlog.Counts(lane);
            Assert.Equal((queue.Count, queue.Sum(job => (long)job.Work)), (counts.Queued, counts.Work));

            foreach (var expected in queue)
            {
                var job = backlog.Find(expected.Id)!;
                Assert.Equal(expected.State, job.State);
                Assert.Equal(model.Ahead(expected, lane), job.Rank());
                Assert.Equal(model.Ahead(expected, HistoryLanes), backlog.Ahead(job, HistoryLanes));
            }

            var running = model.Jobs.Where(job => job.Lane == lane && job.State == JobState.Running);
            Assert.Equal(
                running.Select(job => (job.Id, job.Worker!, job.Stop)),
                backlog.Running(lane).Select(job => (job.Id, job.Run!.Worker, job.Run.StopRequested)).Order());
        }

        Assert.All(model.Jobs.Where(job => job.State.IsFinished), job => Assert.Null(backlog.Find(job.Id)));
    }
}
