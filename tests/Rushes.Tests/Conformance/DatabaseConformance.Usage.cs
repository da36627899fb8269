using Rushes.Jobs;
using Xunit;

namespace Rushes.Tests.Conformance;

/// <summary>Usage of accounts by day and model.</summary>
public abstract partial class DatabaseConformance
{
    [Fact]
    public async Task Usage_counts_ended_jobs_of_the_account_by_day_and_model()
    {
        var done = await SubmitAsync();
        var lease = (await ClaimAsync())!;
        Assert.Equal(done, lease.Job.Id);
        await Database.Leases.FinishAsync(done, lease.Fence, new RunOutcome.Done("outputs/a1/1.mp4", 10), Cancel);
        var cancelled = await SubmitAsync();
        await Database.Jobs.CancelAsync(cancelled, Account, false, Cancel);
        await SubmitAsync();

        var report = await Database.Usage.ReadUsageAsync(Account, Later(-3600), Later(3600), Cancel);
        var row = Assert.Single(report.Rows);
        Assert.True(report.Complete);
        Assert.Equal((1, 0, 1, 0L), (row.Completed, row.Failed, row.Cancelled, row.Charged));
        Assert.Equal(DateOnly.FromDateTime(Later(0).UtcDateTime), row.Day);
        Assert.Equal(lease.Job.Model, row.Model);
        Assert.True(row.RunTime >= TimeSpan.Zero);
        Assert.Empty((await Database.Usage.ReadUsageAsync(Account + 1, Later(-3600), Later(3600), Cancel)).Rows);
        Assert.Empty((await Database.Usage.ReadUsageAsync(Account, Later(3600), Later(7200), Cancel)).Rows);
    }
}
