using System.Text;
using Rushes.Jobs;
using Rushes.Tests.Rules;
using Xunit;

namespace Rushes.Tests.Jobs;

public sealed class JobLifecycleTests
{
    private static readonly DateTimeOffset Now = new(2026, 1, 1, 0, 0, 0, TimeSpan.Zero);

    private static readonly RetryPolicy Retries = new() { MaxAttempts = 3, MaxInterruptions = 2, MaxRuns = 5 };

    [Fact]
    public void The_listed_moves_are_those_that_events_cause() =>
        Assert.Equal(JobLifecycle.Moves.Order(Comparer), Transitions().Select(each => each.Move).Distinct().Order(Comparer));

    [Fact]
    public void The_page_prints_every_move_and_what_follows_from_it()
    {
        var page = File.ReadAllText(Path.Combine(RoomTests.Root(), "docs", "lifecycle.md"));
        Assert.Contains(Table(), page, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(JobState.Completed)]
    [InlineData(JobState.Failed)]
    [InlineData(JobState.Cancelled)]
    public void What_ended_never_changes(JobState state)
    {
        foreach (var (_, transition) in Events(Job(state))) Assert.Null(transition);
        Assert.DoesNotContain(JobLifecycle.Moves, move => move.From == state);
    }

    [Fact]
    public void Each_event_is_reported_if_the_job_wants_it()
    {
        const WebhookEvents all = WebhookEvents.Start | WebhookEvents.Progress | WebhookEvents.Output | WebhookEvents.End;
        var running = Job(JobState.Running) with { WebhookEvents = all };
        var done = JobLifecycle.Finish(running, 2, new RunOutcome.Done("key", 1), Retries, Now).Transition!;
        Assert.Equal([WebhookEvents.Output, WebhookEvents.End], done.Events);
        Assert.Equal(
            [WebhookEvents.End],
            JobLifecycle.Finish(running, 2, new RunOutcome.Stopped(), Retries, Now).Transition!.Events);

        Assert.Equal([WebhookEvents.Progress], Renew(new Progress(1, 4)));
        Assert.Empty(Renew(default));
        Assert.Empty(JobLifecycle.Cancel(running, 1, force: true, Now).Transition!.Events);

        Assert.Equal([WebhookEvents.Start], Claim(JobState.Pending, 0));
        Assert.Empty(Claim(JobState.Retry, 1));

        IEnumerable<WebhookEvents> Renew(Progress progress) => JobLifecycle.Renew(running, 2, Now, progress).Transition!.Events;

        IEnumerable<WebhookEvents> Claim(JobState state, long fence) => JobLifecycle.Claim(
            Job(state) with { WebhookEvents = all, Fence = fence }, "node/1", Now, Now.AddHours(-1))!.Events;
    }

    [Fact]
    public void A_transition_that_no_event_causes_cannot_be_made()
    {
        foreach (var from in Enum.GetValues<JobState>())
            foreach (var to in Enum.GetValues<JobState>().Where(to => to != from && !from.MayBecome(to)))
                Assert.Throws<InvalidOperationException>(() => JobTransition.Of(Job(from), Job(to)));
    }

    [Fact]
    public void Attempts_and_interruptions_end_a_job_when_there_are_too_many()
    {
        var running = Job(JobState.Running);
        Assert.Equal(JobState.Retry, Fail(running with { Attempts = 1 }).State);
        Assert.Equal(
            (JobState.Failed, "engine_failed", 3),
            Fail(running with { Attempts = 2 }) is var failed ? (failed.State, failed.Error!.Code, failed.Attempts) : default);
        Assert.Equal(JobState.Retry, JobLifecycle.Interrupt(running with { Interruptions = 1 }, Retries, Now)!.After.State);
        var interrupted = JobLifecycle.Interrupt(running with { Interruptions = 2 }, Retries, Now)!.After;
        Assert.Equal(
            (JobState.Failed, "interrupted", 3), (interrupted.State, interrupted.Error!.Code, interrupted.Interruptions));
    }

    [Theory]
    [InlineData(3, 0, "The worker that ran the job stopped responding.")]
    [InlineData(
        3, 2,
        "The worker that ran the job stopped responding in the last of 3 attempts. See the workers' logs, then submit it again.")]
    [InlineData(1, 0, "The worker that ran the job stopped responding. See the workers' logs, then submit it again.")]
    public void A_lost_worker_is_reported_with_what_follows(int most, int attempts, string message)
    {
        var running = Job(JobState.Running) with { Attempts = attempts, LeaseUntil = Now };
        var lost = JobLifecycle.Expire(running, Now, Now, Retries with { MaxAttempts = most }, Now)!;
        Assert.Equal(message, (lost.PastRun?.Error ?? lost.After.Error)!.Message);
    }

    [Fact]
    public void A_lease_counts_while_its_fence_is_the_newest()
    {
        var running = Job(JobState.Running);
        Assert.Equal(LeaseAnswer.Lost, JobLifecycle.Renew(running, running.Fence - 1, Now, default).Answer);
        Assert.False(JobLifecycle.Finish(running, running.Fence - 1, new RunOutcome.Done("key", 1), Retries, Now).Answer);
        Assert.False(JobLifecycle.Finish(null, 1, new RunOutcome.Done("key", 1), Retries, Now).Answer);
        Assert.Equal(
            LeaseAnswer.Stop, JobLifecycle.Renew(running with { StopRequested = true }, running.Fence, Now, default).Answer);
    }

    [Fact]
    public void Two_transitions_of_a_commit_are_stored_as_one()
    {
        var running = Job(JobState.Running);
        var failed = JobLifecycle.Finish(
            running, running.Fence, new RunOutcome.Failed(new JobError("engine_failed", "No."), true), Retries, Now).Transition!;
        var both = failed.Then(JobLifecycle.Cancel(failed.After, running.Account, false, Now).Transition!);
        Assert.Equal((JobState.Running, JobState.Cancelled), (both.Before.State, both.After.State));
        Assert.Equal(running.Fence, both.PastRun!.Fence);
        Assert.Equal([WebhookEvents.End], both.Events);
        Assert.Equal(Settlement.Release, both.Settlement);
        Assert.Null(both.After.Worker);
    }

    private static Job Fail(Job job) =>
        JobLifecycle.Finish(
            job, job.Fence, new RunOutcome.Failed(new JobError("engine_failed", "No."), true), Retries, Now).Transition!.After;

    /// <summary>Every event on a job in every state, with and without relevant counts and stop requests.</summary>
    private static IEnumerable<(JobMove Move, JobTransition Transition)> Transitions() =>
        from state in Enum.GetValues<JobState>()
        from count in new[] { 0, 10 }
        from fence in state == JobState.Running ? new[] { 2, 5 } : [0]
        from stop in state == JobState.Running ? new[] { false, true } : [false]
        from happened in Events(Job(state) with { Attempts = count, Interruptions = count, StopRequested = stop, Fence = fence })
        where happened.Transition is { } transition && transition.Before.State != transition.After.State
        select (new JobMove(state, happened.Event, happened.Transition!.After.State), happened.Transition);

    private static IEnumerable<(JobEvent Event, JobTransition? Transition)> Events(Job job)
    {
        var error = new JobError("engine_failed", "No.");
        yield return (JobEvent.Claim, JobLifecycle.Claim(job, "node/1", Now, Now.AddHours(-1)));
        yield return (JobEvent.Complete, End(new RunOutcome.Done("key", 1)));
        yield return (JobEvent.Fail, End(new RunOutcome.Failed(error, true)));
        yield return (JobEvent.Fail, End(new RunOutcome.Failed(error, false)));
        yield return (JobEvent.Fail, End(new RunOutcome.EngineFault(error)));
        yield return (JobEvent.EngineFault, End(new RunOutcome.EngineFault(error)));
        yield return (JobEvent.Stop, End(new RunOutcome.Stopped()));
        yield return (JobEvent.Return, End(new RunOutcome.Returned()));
        yield return (JobEvent.Interrupt, JobLifecycle.Interrupt(job, Retries, Now));
        yield return (JobEvent.Expire, JobLifecycle.Expire(job, Now, Now, Retries, Now));
        yield return (JobEvent.Deadline, JobLifecycle.Expire(job with { Deadline = Now }, Now, Now, Retries, Now));
        yield return (JobEvent.Cancel, JobLifecycle.Cancel(job, job.Account, false, Now).Transition);
        yield return (JobEvent.Approve, JobLifecycle.Approve(job, job.Account, Now).Transition);
        yield return (JobEvent.Delete, JobLifecycle.Delete(job, job.Account, Now).Transition);

        JobTransition? End(RunOutcome outcome) => JobLifecycle.Finish(job, job.Fence, outcome, Retries, Now).Transition;
    }

    private static Job Job(JobState state) => new()
    {
        Id = 7,
        Account = 1,
        Model = "wan22-fast-t2v",
        Lane = "t2v",
        Tier = 1,
        Priority = 0,
        State = state,
        Input = "{}",
        Plan = new RenderPlan(Changes.Render, Changes.Render),
        Work = 1000,
        WebhookUrl = "https://example.com/",
        Price = 5,
        StartBy = Now,
        ApproveBy = Now,
        CreatedAt = Now.AddMinutes(-5),
        Fence = state == JobState.Running ? 2 : 0,
        Worker = state == JobState.Running ? "node/1" : null,
        StartedAt = state == JobState.Running ? Now.AddMinutes(-1) : null,
        LeaseUntil = state == JobState.Running ? Now : null,
        EndedAt = state.IsFinished ? Now : null,
    };

    private static Comparer<JobMove> Comparer =>
        Comparer<JobMove>.Create((one, other) => (one.From, one.Event, one.To).CompareTo((other.From, other.Event, other.To)));

    private static string Table()
    {
        var table = new StringBuilder("| from | event | to | in the same commit |\n|---|---|---|---|\n");
        var follows = Transitions().DistinctBy(each => each.Move).ToDictionary(
            each => each.Move, each => Follows(each.Transition));
        foreach (var move in JobLifecycle.Moves)
            table.Append($"| {Name(move.From)} | {Sentence(move)} | {Name(move.To)} | {follows[move]} |\n");
        return table.ToString();
    }

    private static string Name(JobState state) => $"{state}".ToUpperInvariant();

    private static string Sentence(JobMove move) => (move.Event, move.From, move.To) switch
    {
        (JobEvent.Claim, _, _) => "a worker claims it",
        (JobEvent.Complete, _, _) => "the worker completes it",
        (JobEvent.Fail, _, JobState.Retry) => "the run fails, attempts remain",
        (JobEvent.Fail, _, JobState.Failed) => "the run fails permanently, or no attempts remain",
        (JobEvent.Fail, _, _) => "the run fails after a forced cancellation",
        (JobEvent.EngineFault, _, JobState.Retry) => "the engine fails, runs remain",
        (JobEvent.EngineFault, _, JobState.Failed) => "the engine fails, no runs remain",
        (JobEvent.EngineFault, _, _) => "the engine fails after a forced cancellation",
        (JobEvent.Stop, _, _) => "the worker stops after a forced cancellation",
        (JobEvent.Return, _, JobState.Retry) => "the worker returns it to the queue",
        (JobEvent.Return, _, JobState.Failed) => "the worker returns it to the queue, too many interruptions",
        (JobEvent.Return, _, _) => "the worker returns it to the queue after a forced cancellation",
        (JobEvent.Interrupt, _, JobState.Retry) => "the gateway of its worker stopped",
        (JobEvent.Interrupt, _, JobState.Failed) => "the gateway of its worker stopped, too many interruptions",
        (JobEvent.Interrupt, _, _) => "the gateway of its worker stopped after a forced cancellation",
        (JobEvent.Expire, JobState.Awaiting, _) => "it was not approved in time",
        (JobEvent.Expire, JobState.Pending, _) => "it was not started in time",
        (JobEvent.Expire, _, JobState.Retry) => "the lease expires, attempts remain",
        (JobEvent.Expire, _, JobState.Failed) => "the lease expires, no attempts remain",
        (JobEvent.Expire, _, _) => "the lease expires after a forced cancellation",
        (JobEvent.Deadline, _, JobState.Failed) => "its deadline passes",
        (JobEvent.Deadline, _, _) => "its deadline passes after a forced cancellation",
        (JobEvent.Cancel, _, _) => "the client cancels it",
        (JobEvent.Approve, _, _) => "the client approves the draft",
        (JobEvent.Delete, _, _) => "the client deletes it",
        _ => throw new NotSupportedException($"{move}"),
    };

    private static string Follows(JobTransition transition) => string.Join(", ", new[]
    {
        transition.PastRun is null ? null : "run recorded",
        transition.Events.Any() ? "webhook delivery" : null,
        transition.Settlement switch
        {
            Settlement.Capture => "price captured", Settlement.Release => "price released", _ => null,
        },
    }.OfType<string>());
}
