using Rushes.Jobs;
using Rushes.Work;
using Xunit;

namespace Rushes.Tests.Work;

public sealed class EngineFaultsTests
{
    private readonly FakeClock clock = new();
    private readonly Dictionary<string, ClaimOffer> workers = [];
    private readonly EngineFaults faults;
    private long fence;

    public EngineFaultsTests() => faults = new EngineFaults(() => workers.Values, clock);

    [Fact]
    public void A_failure_is_no_attempt_until_the_engine_was_seen_to_work_afterwards()
    {
        Offer("here/1", proofs: 0);
        Assert.Equal(FaultVerdict.Engine, Add(1, 7, "m", "here/1"));
        Assert.Equal(FaultVerdict.Engine, Add(1, 7, "m", "here/1"));

        Offer("here/2", proofs: 1);

        // Both together are one attempt: the engine may have been mended in between.
        Assert.Equal(FaultVerdict.Attempt, Add(1, 7, "m", "here/1"));
        Assert.Equal(FaultVerdict.Engine, Add(1, 7, "m", "here/1"));
        Assert.Equal(FaultVerdict.Engine, Add(2, 7, "m", "here/1"));
    }

    [Fact]
    public void An_engine_that_works_says_nothing_of_another_one()
    {
        Offer("here/1", proofs: 0);
        Offer("there/1", proofs: 0);
        Add(1, 7, "m", "here/1");

        Offer("there/1", proofs: 5);

        Assert.Equal(FaultVerdict.Engine, Add(1, 7, "m", "here/1"));
    }

    [Fact]
    public void A_job_that_failed_is_left_to_another_worker_for_a_minute()
    {
        var here = Offer("here/1", proofs: 0);
        var there = Offer("there/1", proofs: 0);
        Add(1, 7, "m", "here/1");

        Assert.Equal([1L], faults.AvoidedBy(here).Elsewhere);
        Assert.Empty(faults.AvoidedBy(there).IfOthersWait);
        clock.Advance(TimeSpan.FromMinutes(1));
        Assert.Empty(faults.AvoidedBy(here).Elsewhere);
    }

    [Fact]
    public void Where_nobody_else_can_make_it_only_other_jobs_go_first()
    {
        var here = Offer("here/1", proofs: 0);
        workers["there/1"] = Offer("there/1", proofs: 0) with { Models = [] };
        Add(1, 7, "m", "here/1");

        var avoided = faults.AvoidedBy(here);

        Assert.Equal([1L], avoided.IfOthersWait);
        Assert.Empty(avoided.Elsewhere);
    }

    [Fact]
    public void A_job_that_failed_goes_last_until_the_engine_was_seen_to_work()
    {
        var here = Offer("here/1", proofs: 0);
        Add(1, 7, "m", "here/1");
        clock.Advance(TimeSpan.FromDays(1));
        Assert.Equal([1L], faults.AvoidedBy(here).IfOthersWait);

        Offer("here/1", proofs: 1);

        Assert.Empty(faults.AvoidedBy(here).IfOthersWait);
    }

    [Fact]
    public void A_job_ends_after_too_many_failures_of_engines()
    {
        Offer("here/1", proofs: 0);
        for (var count = 1; count < EngineFaults.MaxFaults; count++)
            Assert.Equal(FaultVerdict.Engine, Add(1, 7, "m", "here/1"));

        Assert.Equal(FaultVerdict.TooMany, Add(1, 7, "m", "here/1"));
    }

    [Fact]
    public void Another_accounts_jobs_go_first_until_the_part_was_seen_to_work_or_for_ten_minutes()
    {
        var here = Offer("here/1", proofs: 0);
        var there = Offer("there/1", proofs: 0);
        Add(1, 7, "m", "here/1");
        faults.Apply([Ended(1)]);

        // Also after the job has ended: its account may have more of the kind.
        Assert.Equal([7], faults.AvoidedBy(here).Accounts);
        Assert.Empty(faults.AvoidedBy(there).Accounts);
        Assert.Empty(faults.AvoidedBy(here with { Models = [] }).Accounts);

        here = Offer("here/1", proofs: 1);
        Assert.Empty(faults.AvoidedBy(here).Accounts);
        Add(2, 7, "m", "here/1");
        clock.Advance(TimeSpan.FromMinutes(10));
        Assert.Empty(faults.AvoidedBy(here).Accounts);
    }

    [Fact]
    public void A_job_that_ended_is_forgotten()
    {
        var here = Offer("here/1", proofs: 0);
        Add(1, 7, "m", "here/1");

        faults.Apply([Ended(1)]);

        Assert.Empty(faults.AvoidedBy(here).IfOthersWait);
    }

    [Fact]
    public void A_run_whose_end_is_reported_twice_counts_once()
    {
        Offer("here/1", proofs: 0);
        faults.Add(1, 1, 7, "m", "here/1");
        Offer("here/1", proofs: 1);
        Assert.Equal(FaultVerdict.Attempt, faults.Add(1, 2, 7, "m", "here/1"));
        Assert.Equal(FaultVerdict.Attempt, faults.Add(1, 2, 7, "m", "here/1"));
        Assert.Equal(FaultVerdict.Engine, faults.Add(1, 3, 7, "m", "here/1"));
    }

    /// <summary>Each failure is of another run.</summary>
    private FaultVerdict Add(long job, int account, string model, string worker) =>
        faults.Add(job, ++fence, account, model, worker);

    private static JobChange Ended(long id) => new()
    {
        Id = id, State = JobState.Cancelled, Account = 1, Model = "m", Lane = "lane", Tier = 0, Priority = 0, Work = 1,
    };

    private ClaimOffer Offer(string worker, int proofs)
    {
        var offer = new ClaimOffer(
            worker, ["lane"], ["m"]) { Parts = [new PartHealth("a server", "ready", null, ["m"], proofs)] };
        workers[worker] = offer;
        faults.RecordOffer(offer);
        return offer;
    }
}
