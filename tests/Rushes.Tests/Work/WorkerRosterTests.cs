using Rushes.Catalog;
using Rushes.Intake;
using Rushes.Jobs;
using Rushes.Retention;
using Rushes.Server.Dialects.Queue;
using Rushes.Server.WorkerApi;
using Rushes.Work;
using Xunit;

namespace Rushes.Tests.Work;

public sealed class WorkerRosterTests : IDisposable
{
    private readonly FakeClock clock = new();
    private readonly Capacity capacity;
    private readonly Drains drains = new();
    private readonly WorkerRoster roster;

    public WorkerRosterTests()
    {
        capacity = new Capacity(clock);
        roster = new WorkerRoster(capacity, TimeSpan.FromMinutes(1), clock, drains);
    }

    public void Dispose() => roster.Dispose();

    [Fact]
    public void A_slot_counts_in_the_lanes_that_it_serves_just_now()
    {
        roster.Register(Offer("node/1", "t2v", "i2v"));
        Assert.Equal((1, 1), (capacity.Serving("t2v").Slots, capacity.Serving("i2v").Slots));

        // Its engine lost a model file, then went away altogether, and came back.
        roster.Register(Offer("node/1", "t2v"));
        Assert.Equal((1, 0), (capacity.Serving("t2v").Slots, capacity.Serving("i2v").Slots));
        roster.Register(Offer("node/1"));
        Assert.Equal(0, capacity.Serving("t2v").Slots);
        roster.Register(Offer("node/1", "t2v", "i2v"));
        Assert.Equal((1, 1), (capacity.Serving("t2v").Slots, capacity.Serving("i2v").Slots));
    }

    [Fact]
    public void A_remote_worker_that_is_silent_is_forgotten_and_a_busy_one_is_not()
    {
        roster.Register(Offer("node/1", "t2v"));
        roster.Register(Offer($"{new RemoteName(7, "silent/1")}", "t2v"));
        roster.Register(Offer($"{new RemoteName(7, "busy/1")}", "t2v"));
        for (var half = 0; half < 5; half++)
        {
            clock.Advance(TimeSpan.FromSeconds(30));
            roster.RecordHeartbeat($"{new RemoteName(7, "busy/1")}");
        }

        Assert.Equal(["node/1", "remote:7:busy/1"], roster.All.Select(entry => entry.Offer.Worker));
        Assert.Equal(2, capacity.Serving("t2v").Slots);
    }

    [Fact]
    public void A_drained_slot_counts_for_nothing_until_it_is_resumed()
    {
        roster.Register(Offer("node/1", "t2v"));
        Assert.True(drains.Drain("node/1"));
        Assert.False(drains.Drain("node/1"));
        Assert.Equal(0, capacity.Serving("t2v").Slots);
        roster.Register(Offer("node/1", "t2v", "i2v"));
        Assert.Equal(0, capacity.Serving("i2v").Slots);

        Assert.True(drains.Resume("node/1"));
        Assert.False(drains.Resume("node/1"));
        Assert.Equal((1, 1), (capacity.Serving("t2v").Slots, capacity.Serving("i2v").Slots));
    }

    [Fact]
    public void A_model_that_no_worker_can_make_is_told_to_customers_once_workers_had_time_to_connect()
    {
        Assert.False(capacity.Lacks("t2v"));
        clock.Advance(TimeSpan.FromMinutes(2));
        Assert.True(capacity.Lacks("t2v"));

        roster.Register(Offer("node/1", "t2v"));
        Assert.False(capacity.Lacks("t2v"));
        Assert.True(capacity.Lacks("foley"));
        // Its engine lost one model of the lane.
        roster.Register(new ClaimOffer("node/1", ["t2v"], ["t2v-fast"]));
        Assert.True(capacity.Lacks("t2v"));
        roster.Register(Offer("node/1", "t2v"));
        drains.Drain("node/1");
        Assert.True(capacity.Lacks("t2v"));

    }

    [Fact]
    public void A_model_that_a_worker_of_another_gateway_can_run_is_not_unavailable()
    {
        var shared = new Capacity(clock, knowsAll: false);
        clock.Advance(TimeSpan.FromMinutes(2));
        Assert.False(shared.Lacks("t2v"));

        shared.SetElsewhere(["t2v"]);
        Assert.False(shared.Lacks("t2v"));
        Assert.True(shared.Lacks("foley"));
        using (shared.Add(["foley"], ["foley"]))
        {
            Assert.Equal(["foley"], shared.Models);
            Assert.False(shared.Lacks("foley"));
        }
        shared.SetElsewhere([]);
        Assert.True(shared.Lacks("t2v"));
        // While the database is away, the others' workers are not known.
        shared.SetElsewhere(null);
        Assert.False(shared.Lacks("t2v"));
    }

    [Fact]
    public void A_waiting_job_that_nobody_can_run_says_so_and_its_plan_may_reject_others()
    {
        var waiting = new JobView.Waiting(7, "foley", JobState.Pending, JobDraft.None) { Unavailable = true };
        var status = QueueMap.Status(waiting, "http://here/7", "bucket", null, new KeepRules());
        Assert.True(status.Unavailable);
        Assert.Contains("No worker can run this model", status.StatusMessages.Message, StringComparison.Ordinal);
        Assert.NotNull(QueueMap.Created("http://here", "foley", 7, unavailable: true).Warning);
        Assert.Null(QueueMap.Created("http://here", "foley", 7, unavailable: false).Warning);

        var catalog = CatalogReader.Read();
        var model = catalog.Find("hunyuan-foley")!;
        Assert.Null(Limits(new Plan()).CheckAvailable(1, model));
        var problem = Limits(new Plan { RejectUnavailable = true }).CheckAvailable(1, model);
        Assert.Equal((ProblemKind.Unavailable, "model_unavailable"), (problem!.Kind, problem.Code));

        PlanLimits Limits(Plan plan) => new(_ => plan, catalog, null!, null!, fairShare: false, _ => true);
    }

    private static ClaimOffer Offer(string worker, params string[] lanes) => new(worker, lanes, lanes);
}
