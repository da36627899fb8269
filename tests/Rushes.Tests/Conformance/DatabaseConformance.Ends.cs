using Rushes.Database;
using Rushes.Jobs;
using Xunit;

namespace Rushes.Tests.Conformance;

/// <summary>How runs end: with a result, a failure, a lost lease, an interruption or a cancellation.</summary>
public abstract partial class DatabaseConformance
{
    [Fact]
    public async Task A_completed_job_has_its_result_and_leaves_the_backlog()
    {
        var id = await SubmitAsync();
        var lease = await ClaimAsync();
        Clock.Advance(TimeSpan.FromSeconds(12));

        Assert.True(await Database.Leases.FinishAsync(id, lease!.Fence, new RunOutcome.Done("results/1.mp4", 4321), Cancel));
        var job = await Database.Jobs.FindAsync(id, Cancel);
        Assert.Equal((JobState.Completed, "results/1.mp4", 4321L), (job!.State, job.ResultKey, job.ResultBytes));
        Assert.Equal(TimeSpan.FromSeconds(12), job.EndedAt - job.StartedAt);
        Assert.Null(Backlog.Find(id));
        Assert.False(await Database.Leases.FinishAsync(id, lease.Fence, new RunOutcome.Done("again", 1), Cancel));
    }

    [Fact]
    public async Task A_lost_lease_cannot_complete_the_job()
    {
        var id = await SubmitAsync();
        var lost = await ClaimAsync();
        Assert.Equal(
            new MissedDeadlines(Leases: 1, Others: 0), await Database.Leases.SweepAsync(Later(60), Later(60), Cancel));
        Assert.False(await Database.Leases.FinishAsync(id, lost!.Fence, new RunOutcome.Done("late", 1), Cancel));

        var held = await ClaimAsync();
        Assert.False(await Database.Leases.FinishAsync(id, lost.Fence, new RunOutcome.Done("late", 1), Cancel));
        Assert.Equal(LeaseAnswer.Lost, await Database.Leases.RenewAsync(id, lost.Fence, Later(600), default, Cancel));
        Assert.True(await Database.Leases.FinishAsync(id, held!.Fence, new RunOutcome.Done("good", 1), Cancel));
        Assert.Equal("good", (await Database.Jobs.FindAsync(id, Cancel))!.ResultKey);
    }

    [Fact]
    public async Task Retryable_failures_fail_the_job_at_the_last_attempt_with_the_last_reason()
    {
        var id = await SubmitAsync();
        for (var attempt = 1; attempt <= 3; attempt++)
        {
            var lease = await ClaimAsync();
            await Database.Leases.FinishAsync(
                id, lease!.Fence, new RunOutcome.Failed(new JobError("engine_failed", $"No. {attempt}"), true), Cancel);
            var state = (await Database.Jobs.FindAsync(id, Cancel))!;
            Assert.Equal(attempt, state.Attempts);
            Assert.Equal(attempt < 3 ? JobState.Retry : JobState.Failed, state.State);
            Assert.Equal(attempt < 3 ? null : new JobError("engine_failed", "No. 3"), state.Error);
        }

        Assert.Null(await ClaimAsync());
    }

    [Fact]
    public async Task An_engine_s_failure_is_no_attempt_and_its_reason_stays_in_the_history()
    {
        var id = await SubmitAsync();
        for (var run = 1; run <= 5; run++)
            Assert.True(await Database.Leases.FinishAsync(id, (await ClaimAsync())!.Fence,
                new RunOutcome.EngineFault(new JobError("engine_failed", $"No. {run}")), Cancel));

        var job = (await Database.Jobs.FindAsync(id, Cancel))!;
        Assert.Equal((JobState.Retry, 0, 0), (job.State, job.Attempts, job.Interruptions));
        Assert.Equal(["No. 1", "No. 2", "No. 3", "No. 4", "No. 5"], (await Database.Lists.ReadPastRunsAsync(id, Cancel))
            .Select(run => run.Error!.Message));
    }

    [Fact]
    public async Task A_claim_passes_over_jobs_that_it_is_to_leave_alone()
    {
        var first = await SubmitAsync();
        var second = await SubmitAsync();
        var request = new ClaimRequest("node/1", ["t2v"], Clock.GetUtcNow() + TimeSpan.FromSeconds(30)) { Except = [first] };
        var models = new[] { (await Database.Jobs.FindAsync(first, Cancel))!.Model };

        var warm = request with { Warm = new WarmStart(models, null, 8, _ => true) };
        Assert.Equal(second, (await Database.Leases.ClaimAsync(warm, Cancel))!.Job.Id);
        Assert.Null(await Database.Leases.ClaimAsync(request, Cancel));
        Assert.Equal(first, (await Database.Leases.ClaimAsync(request with { Except = [] }, Cancel))!.Job.Id);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task A_claim_passes_over_accounts_that_it_is_to_leave_alone(bool limited)
    {
        var bob = await Database.Accounts.EnsureAccountAsync("bob", Cancel);
        var carol = await Database.Accounts.EnsureAccountAsync("carol", Cancel);
        var first = await SubmitAsync();
        var second = await SubmitAsync(NewJob("t2v") with { Account = bob });
        var third = await SubmitAsync(NewJob("t2v") with { Account = carol });
        var request = new ClaimRequest("node/1", ["t2v"], Later(30))
        {
            ExceptAccounts = [Account, bob], MaxRunning = limited ? _ => 1 : null,
        };

        Assert.Equal(third, (await Database.Leases.ClaimAsync(request, Cancel))!.Job.Id);
        Assert.Null(await Database.Leases.ClaimAsync(request, Cancel));
        Assert.Equal(second, (await Database.Leases.ClaimAsync(request with { ExceptAccounts = [Account] }, Cancel))!.Job.Id);
        Assert.Equal(first, (await Database.Leases.ClaimAsync(request with { ExceptAccounts = [] }, Cancel))!.Job.Id);
    }

    [Fact]
    public async Task Whatever_a_program_said_does_not_keep_its_job_from_ending()
    {
        var id = await SubmitAsync();
        var lease = await ClaimAsync();
        var said = "exit 1: \0 half a fox \uD83E";
        Assert.True(await Database.Leases.FinishAsync(
            id, lease!.Fence, new RunOutcome.Failed(new JobError("engine_failed", said), false), Cancel));
        Assert.StartsWith("exit 1: ", (await Database.Jobs.FindAsync(id, Cancel))!.Error!.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_failure_that_cannot_be_retried_fails_at_once()
    {
        var id = await SubmitAsync();
        var lease = await ClaimAsync();
        await Database.Leases.FinishAsync(
            id, lease!.Fence, new RunOutcome.Failed(new JobError("unsafe_input", "Refused."), false), Cancel);
        Assert.Equal(JobState.Failed, (await Database.Jobs.FindAsync(id, Cancel))!.State);
    }

    [Fact]
    public async Task A_retry_keeps_its_old_place()
    {
        var first = await SubmitAsync();
        var second = await SubmitAsync();
        var lease = await ClaimAsync();
        await SubmitAsync();
        await Database.Leases.FinishAsync(
            first, lease!.Fence, new RunOutcome.Failed(new JobError("engine_failed", "Again."), true), Cancel);

        Assert.Equal(0, Backlog.Find(first)!.Rank()!.Value.Jobs);
        Assert.Equal(1, Backlog.Find(second)!.Rank()!.Value.Jobs);
        Assert.Equal(first, (await ClaimAsync())!.Job.Id);
    }

    [Fact]
    public async Task A_lease_that_ran_out_is_an_attempt()
    {
        var id = await SubmitAsync();
        for (var attempt = 1; attempt <= 3; attempt++)
        {
            await ClaimAsync();
            Assert.Equal(0, await Database.Leases.SweepAsync(Later(59), Cancel));
            Assert.Equal(1, await Database.Leases.SweepAsync(Later(60), Cancel));
        }

        var job = await Database.Jobs.FindAsync(id, Cancel);
        Assert.Equal((JobState.Failed, 3, 0, "worker_lost"), (job!.State, job.Attempts, job.Interruptions, job.Error!.Code));
    }

    [Fact]
    public async Task A_gateway_that_stopped_is_an_interruption_of_its_own_workers_alone()
    {
        var mine = await SubmitAsync();
        var other = await SubmitAsync();
        await Database.Leases.ClaimAsync(new ClaimRequest("a%b/1", ["t2v"], Later(60)), Cancel);
        await Database.Leases.ClaimAsync(new ClaimRequest("axb/1", ["t2v"], Later(60)), Cancel);

        Assert.Equal(1, await Database.Leases.InterruptAsync("a%b/", Cancel));
        var job = await Database.Jobs.FindAsync(mine, Cancel);
        Assert.Equal((JobState.Retry, 0, 1), (job!.State, job.Attempts, job.Interruptions));
        Assert.Null(job.Worker);
        Assert.Equal(JobState.Running, (await Database.Jobs.FindAsync(other, Cancel))!.State);
    }

    [Fact]
    public async Task Too_many_interruptions_fail_the_job()
    {
        var id = await SubmitAsync();
        for (var i = 0; i <= new RetryPolicy().MaxInterruptions; i++)
        {
            await ClaimAsync();
            Assert.Equal(1, await Database.Leases.InterruptAsync("node/", Cancel));
        }

        var job = await Database.Jobs.FindAsync(id, Cancel);
        Assert.Equal((JobState.Failed, 21, "interrupted"), (job!.State, job.Interruptions, job.Error!.Code));
    }

    [Fact]
    public async Task A_queued_job_is_cancelled_by_its_owner_alone()
    {
        var id = await SubmitAsync();
        var other = await Database.Accounts.EnsureAccountAsync("bob", Cancel);

        Assert.Equal(CancelOutcome.Unknown, await Database.Jobs.CancelAsync(id, other, true, Cancel));
        Assert.Equal(CancelOutcome.Unknown, await Database.Jobs.CancelAsync(id + 1, Account, true, Cancel));
        Assert.Equal(CancelOutcome.Cancelled, await Database.Jobs.CancelAsync(id, Account, false, Cancel));
        Assert.Equal(CancelOutcome.AlreadyFinished, await Database.Jobs.CancelAsync(id, Account, false, Cancel));
        Assert.Null(Backlog.Find(id));
        Assert.Null(await ClaimAsync());
    }

    [Fact]
    public async Task A_running_job_is_stopped_through_its_heartbeat_and_only_with_force()
    {
        var id = await SubmitAsync();
        var lease = await ClaimAsync();

        Assert.Equal(CancelOutcome.Running, await Database.Jobs.CancelAsync(id, Account, false, Cancel));
        Assert.Equal(LeaseAnswer.Held, await Database.Leases.RenewAsync(id, lease!.Fence, Later(60), default, Cancel));
        Assert.Equal(CancelOutcome.Stopping, await Database.Jobs.CancelAsync(id, Account, true, Cancel));
        Assert.Equal(CancelOutcome.Stopping, await Database.Jobs.CancelAsync(id, Account, true, Cancel));
        Assert.True(Backlog.Find(id)!.Run!.StopRequested);
        Assert.Equal(LeaseAnswer.Stop, await Database.Leases.RenewAsync(id, lease.Fence, Later(60), default, Cancel));
        Assert.True(await Database.Leases.FinishAsync(id, lease.Fence, new RunOutcome.Stopped(), Cancel));
        Assert.Equal(JobState.Cancelled, (await Database.Jobs.FindAsync(id, Cancel))!.State);
    }

    public static TheoryData<string, JobState> EndsAfterAStop => new()
    {
        { "failed", JobState.Cancelled },
        { "returned", JobState.Cancelled },
        { "expired", JobState.Cancelled },
        { "interrupted", JobState.Cancelled },
        { "done", JobState.Completed },
    };

    [Theory]
    [MemberData(nameof(EndsAfterAStop))]
    public async Task A_job_told_to_stop_never_runs_again(string how, JobState expected)
    {
        var id = await SubmitAsync();
        var lease = await ClaimAsync();
        await Database.Jobs.CancelAsync(id, Account, true, Cancel);

        var fence = lease!.Fence;
        var ended = how switch
        {
            "failed" => await Database.Leases.FinishAsync(
            id, fence, new RunOutcome.Failed(new JobError("engine_failed", "Broke."), true), Cancel),
            "returned" => await Database.Leases.FinishAsync(id, fence, new RunOutcome.Returned(), Cancel),
            "expired" => await Database.Leases.SweepAsync(Later(60), Cancel) == 1,
            "interrupted" => await Database.Leases.InterruptAsync("node/", Cancel) == 1,
            _ => await Database.Leases.FinishAsync(id, fence, new RunOutcome.Done("key", 1), Cancel),
        };

        Assert.True(ended);
        Assert.Equal(expected, (await Database.Jobs.FindAsync(id, Cancel))!.State);
        Assert.Null(Backlog.Find(id));
    }
}
