using Rushes.Accounts;
using Rushes.Jobs;
using Xunit;

namespace Rushes.Tests.Conformance;

/// <summary>Drafts are made beside the queue, and a job may wait until its own is approved.</summary>
public abstract partial class DatabaseConformance
{
    [Fact]
    public async Task A_job_that_awaits_approval_is_passed_over_and_keeps_its_place()
    {
        var awaiting = await SubmitAsync(Awaiting() with { StartBy = Later(30) });
        var later = await SubmitAsync();
        await ReopenAsync();

        Assert.Equal(JobState.Awaiting, Backlog.Find(awaiting)!.State);
        Assert.Equal(1, Backlog.Counts("t2v").Queued);
        Assert.Equal(2, Backlog.QueuedOf(Account));
        Assert.Equal(0, Backlog.Ahead(Backlog.Find(later)!, "t2v").Jobs);
        // Nor does it have to have started in the meantime.
        Clock.Advance(TimeSpan.FromSeconds(50));
        Assert.Equal(0, await Database.Leases.SweepAsync(Clock.GetUtcNow(), Cancel));

        Assert.Equal(ApproveOutcome.Approved, await Database.Jobs.ApproveAsync(awaiting, Account, Cancel));
        Assert.Equal(1, Backlog.Ahead(Backlog.Find(later)!, "t2v").Jobs);
        Assert.Equal(Later(30), (await Database.Jobs.FindAsync(awaiting, Cancel))!.StartBy);
        Assert.Equal(awaiting, (await ClaimAsync())!.Job.Id);
    }

    [Fact]
    public async Task An_awaiting_job_keeps_its_turn()
    {
        var awaiting = await SubmitAsync(Awaiting() with { Weight = 1 });
        var turn = (await Database.Jobs.FindAsync(awaiting, Cancel))!.Turn;
        await Database.Leases.SweepAsync(Clock.GetUtcNow(), Cancel);
        var next = await SubmitAsync(NewJob("t2v") with { Weight = 1 });
        Assert.Equal(turn * 2, (await Database.Jobs.FindAsync(next, Cancel))!.Turn);

        await Database.Jobs.ApproveAsync(awaiting, Account, Cancel);
        Assert.Equal(awaiting, (await ClaimAsync())!.Job.Id);
    }

    [Fact]
    public async Task An_approval_is_answered_by_what_the_job_is()
    {
        var plain = await SubmitAsync();
        Assert.Equal(ApproveOutcome.NotAsked, await Database.Jobs.ApproveAsync(plain, Account, Cancel));
        var asked = await SubmitAsync(Awaiting());
        Assert.Equal(ApproveOutcome.Unknown, await Database.Jobs.ApproveAsync(asked, Account + 1, Cancel));
        Assert.Equal(JobState.Awaiting, Backlog.Find(asked)!.State);

        Assert.Equal(ApproveOutcome.Approved, await Database.Jobs.ApproveAsync(asked, Account, Cancel));
        Assert.Equal(ApproveOutcome.Approved, await Database.Jobs.ApproveAsync(asked, Account, Cancel));
        Assert.Equal(JobState.Pending, Backlog.Find(asked)!.State);

        var dropped = await SubmitAsync(Awaiting());
        Assert.Equal(CancelOutcome.Cancelled, await Database.Jobs.CancelAsync(dropped, Account, false, Cancel));
        Assert.Equal(ApproveOutcome.AlreadyFinished, await Database.Jobs.ApproveAsync(dropped, Account, Cancel));
    }

    [Fact]
    public async Task What_was_not_approved_in_time_fails_and_costs_nothing()
    {
        await GiveAsync(10);
        var id = await SubmitAsync(Awaiting(60) with { Price = 4, WebhookUrl = "https://example.com/hook" });
        Assert.Equal(new Balance("USD", 6, 4), await Database.Ledger.ReadBalanceAsync(Account, Cancel));
        Assert.Equal(0, await Database.Leases.SweepAsync(Later(59), Cancel));
        Assert.Equal(1, await Database.Leases.SweepAsync(Later(60), Cancel));

        var job = await Database.Jobs.FindAsync(id, Cancel);
        Assert.Equal((JobState.Failed, "approval_timeout"), (job!.State, job.Error!.Code));
        Assert.Equal(new Balance("USD", 10, 0), await Database.Ledger.ReadBalanceAsync(Account, Cancel));
        Assert.Single(await Database.Deliveries.ReadDeliveriesAsync(id, Account, Cancel));
    }

    [Fact]
    public async Task A_draft_is_made_once_and_told()
    {
        await SubmitAsync();
        var first = await SubmitAsync(Drafted());
        var second = await SubmitAsync(Awaiting());
        Assert.Equal(JobDraft.Wanted, Backlog.Find(first)!.Draft);

        var task = await Database.Drafts.TakeDraftAsync(Later(60), 0, Cancel);
        Assert.Equal((first, 1), (task!.Job.Id, task.Fence));
        Assert.Equal(second, (await Database.Drafts.TakeDraftAsync(Later(60), 0, Cancel))!.Job.Id);
        Assert.Null(await Database.Drafts.TakeDraftAsync(Later(60), 0, Cancel));

        Assert.True(await Database.Drafts.EndDraftAsync(first, 1, "outputs/a1/draft.mp4", Cancel));
        Assert.False(await Database.Drafts.EndDraftAsync(first, 1, "outputs/a1/again.mp4", Cancel));
        Assert.True(await Database.Drafts.EndDraftAsync(second, 1, null, Cancel));
        var made = new JobDraft(DraftState.Made, "outputs/a1/draft.mp4");
        Assert.Equal((made, JobDraft.Failed), (Backlog.Find(first)!.Draft, Backlog.Find(second)!.Draft));
        await ReopenAsync();
        Assert.Equal((made, JobDraft.Failed), (Backlog.Find(first)!.Draft, Backlog.Find(second)!.Draft));
        Assert.Equal(made, (await Database.Jobs.FindAsync(first, Cancel))!.Draft);
    }

    [Fact]
    public async Task Accounts_take_turns_with_their_drafts()
    {
        var other = await Database.Accounts.EnsureAccountAsync("bob", Cancel);
        var first = new[] { await SubmitAsync(Drafted()), await SubmitAsync(Drafted()), await SubmitAsync(Drafted()) };
        var others = Drafted() with { Account = other };
        var second = new[] { await SubmitAsync(others), await SubmitAsync(others) };

        var taken = new List<long>();
        for (var after = 0; await Database.Drafts.TakeDraftAsync(Later(60), after, Cancel) is { } task; after = task.Job.Account)
            taken.Add(task.Job.Id);

        Assert.Equal([first[0], second[0], first[1], second[1], first[2]], taken);
    }

    [Fact]
    public async Task A_draft_does_not_disturb_the_run_beside_it()
    {
        await GiveAsync(10);
        var id = await SubmitAsync(Drafted() with { Price = 4 });
        var task = await Database.Drafts.TakeDraftAsync(Later(60), 0, Cancel);
        var lease = await ClaimAsync();
        await Database.Leases.RenewAsync(id, lease!.Fence, Later(60), new Progress(3, 24), Cancel);
        Assert.True(await Database.Drafts.EndDraftAsync(id, task!.Fence, "outputs/a1/draft.mp4", Cancel));

        Assert.Equal((JobState.Running, new Progress(3, 24)), (Backlog.Find(id)!.State, Backlog.Find(id)!.Run!.Progress));
        await Database.Leases.RenewAsync(id, lease.Fence, Later(60), new Progress(4, 24), Cancel);
        Assert.Equal(DraftState.Made, Backlog.Find(id)!.Draft.State);
        Assert.True(await Database.Leases.FinishAsync(id, lease.Fence, new RunOutcome.Done("key", 1), Cancel));
        Assert.Equal("outputs/a1/draft.mp4", (await Database.Jobs.FindAsync(id, Cancel))!.Draft.Key);
        Assert.Equal(new Balance("USD", 6, 0), await Database.Ledger.ReadBalanceAsync(Account, Cancel));
    }

    [Fact]
    public async Task A_draft_whose_maker_fell_silent_is_taken_again_and_given_up_at_last()
    {
        var id = await SubmitAsync(Drafted());
        for (var fence = 1; fence <= DraftTask.MaxClaims; fence++)
        {
            Assert.Equal(fence, (await Database.Drafts.TakeDraftAsync(Later(60), 0, Cancel))!.Fence);
            Assert.Null(await Database.Drafts.TakeDraftAsync(Later(60), 0, Cancel));
            // One that is started anew frees what it was making, and everyone else's.
            if (fence % 2 == 0) await Database.Leases.InterruptAsync("node/", Cancel);
            else Clock.Advance(TimeSpan.FromSeconds(60));
            Assert.False(await Database.Drafts.EndDraftAsync(id, fence - 1, "late", Cancel));
        }

        Assert.Null(await Database.Drafts.TakeDraftAsync(Later(60), 0, Cancel));
        Assert.Equal(JobDraft.Failed, Backlog.Find(id)!.Draft);
        Assert.Equal(id, (await ClaimAsync())!.Job.Id);
    }

    [Fact]
    public async Task A_job_that_has_ended_gets_no_draft()
    {
        var ended = await SubmitAsync(Drafted());
        var task = await Database.Drafts.TakeDraftAsync(Later(60), 0, Cancel);
        await Database.Jobs.CancelAsync(ended, Account, false, Cancel);
        var notified = 0;
        Database.Followers.AddJobs("test", changes => notified += changes.Count);

        Assert.False(await Database.Drafts.EndDraftAsync(ended, task!.Fence, "late", Cancel));
        Assert.Null(await Database.Drafts.TakeDraftAsync(Later(120), 0, Cancel));
        Assert.Equal(0, notified);
    }

    private NewJob Drafted() => NewJob("t2v") with { Draft = JobDraft.Wanted };

    private NewJob Awaiting(int seconds = 3600) => Drafted() with { ApproveBy = Later(seconds) };
}
