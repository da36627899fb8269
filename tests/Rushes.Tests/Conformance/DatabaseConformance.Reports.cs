using Rushes.Database;
using Xunit;

namespace Rushes.Tests.Conformance;

/// <summary>Reports of misuse.</summary>
public abstract partial class DatabaseConformance
{
    [Fact]
    public async Task Reports_outlive_their_jobs_and_are_closed_once_without_the_contact()
    {
        var store = Database.Reports;
        var job = await SubmitAsync();
        Assert.Equal(ReportOutcome.Stored, await store.AddReportAsync(ReportOf(job), Cancel));
        Assert.Equal(ReportOutcome.Stored, await store.AddReportAsync(ReportOf(job) with { Details = null }, Cancel));
        await Database.Jobs.DeleteAsync(job, Account, Cancel);

        var open = await store.ReadReportsAsync(closed: false, long.MaxValue, 10, Cancel);
        Assert.Equal(2, open.Count);
        Assert.Null(open[0].Details);
        var stored = open[1];
        Assert.Equal((job, Account, "wan22-fast-t2v", "person"), (stored.Job, stored.Account, stored.Model, stored.Reason));
        Assert.Equal(
            ("It is me.", "me@example.com", "share link", null),
            (stored.Details, stored.Contact, stored.Reporter, stored.ClosedAt));
        Assert.Equal([open[1].Id], (await store.ReadReportsAsync(false, open[0].Id, 10, Cancel)).Select(each => each.Id));

        var closed = await store.CloseReportAsync(open[1].Id, "video deleted", "key 7", Cancel);
        Assert.Equal(("key 7", "video deleted", null), (closed!.ClosedBy, closed.Note, closed.Contact));
        Assert.Null(await store.CloseReportAsync(open[1].Id, null, "key 7", Cancel));
        Assert.Equal([closed], await store.ReadReportsAsync(closed: true, long.MaxValue, 10, Cancel));
        var entries = await Database.Audit.ReadAuditAsync(0, Cancel).ToListAsync(Cancel);
        Assert.Equal(("key 7", $"report {closed.Id}"), (entries[^1].Actor, entries[^1].Subject));
        Assert.Equal("report closed", entries[^1].Action);
    }

    [Fact]
    public async Task A_job_has_a_limited_number_of_open_reports()
    {
        for (var i = 0; i < IReportStore.MaxOpenOfJob; i++)
            Assert.Equal(ReportOutcome.Stored, await Database.Reports.AddReportAsync(ReportOf(1), Cancel));

        Assert.Equal(ReportOutcome.Known, await Database.Reports.AddReportAsync(ReportOf(1), Cancel));
        Assert.Equal(ReportOutcome.Stored, await Database.Reports.AddReportAsync(ReportOf(2), Cancel));
    }

    [Fact]
    public async Task Reports_of_one_accounts_jobs_leave_room_for_those_of_others()
    {
        var other = await Database.Accounts.EnsureAccountAsync("other", Cancel);
        await Task.WhenAll(Enumerable.Range(0, IReportStore.MaxOpenOfAccount).Select(
            i => Database.Reports.AddReportAsync(ReportOf(1 + i / IReportStore.MaxOpenOfJob), Cancel)));

        Assert.Equal(ReportOutcome.Full, await Database.Reports.AddReportAsync(ReportOf(1_000_000), Cancel));
        Assert.Equal(
            ReportOutcome.Stored, await Database.Reports.AddReportAsync(ReportOf(1_000_001) with { Account = other }, Cancel));
    }

    private NewReport ReportOf(long job) => new()
    {
        Job = job, Account = Account, Model = "wan22-fast-t2v", Reason = "person", Details = "It is me.",
        Contact = "me@example.com", Reporter = "share link",
    };
}
