using Rushes.Accounts;
using Rushes.Database;
using Rushes.Jobs;
using Rushes.Server.Auth;
using Rushes.Server.Console;
using Rushes.Server.JobResponses;
using Rushes.Server.Metrics;
using Rushes.Server.WorkerApi;
using Rushes.Work;

namespace Rushes.Server.Hosting;

/// <summary>
/// Notifies these followers of each commit, in this order, before the caller of the write is answered. Later followers can rely
/// on the state of earlier ones.
/// </summary>
internal static class CommitFollowers
{
    /// <summary>Before accounts, keys and sessions are read.</summary>
    public static void FollowAccounts(IServiceProvider provider)
    {
        var database = provider.GetRequiredService<IDatabase>();
        var accounts = provider.GetRequiredService<AccountBook>();
        var bounds = provider.GetRequiredService<RunningBounds>();
        database.AccountChanged += accounts.Apply;
        database.AccountChanged += account => bounds.Tell(account.Id);
        database.KeyChanged += provider.GetRequiredService<KeyRing>().Apply;
        database.SessionChanged += provider.GetRequiredService<ConsoleSessions>().Apply;
        // Last: it ends calls whose key, account or session the others have just seen end.
        var open = provider.GetRequiredService<OpenCalls>();
        database.AccountChanged += open.Apply;
        database.KeyChanged += open.Apply;
        database.SessionChanged += open.Apply;
    }

    /// <summary>After live jobs were read into the backlog.</summary>
    public static void FollowJobs(IServiceProvider provider)
    {
        var database = provider.GetRequiredService<IDatabase>();
        var backlog = provider.GetRequiredService<Backlog>();
        database.Committed += backlog.Apply;
        database.Committed += provider.GetRequiredService<RunTimes>().Apply;
        if (provider.GetService<Census>() is { } census) database.Committed += census.Apply;
        database.Committed += provider.GetRequiredService<JobWatch>().Apply;
        database.Committed += provider.GetRequiredService<WarmStarts>().Apply;
        if (provider.GetService<DraftRunner>() is { } drafts) database.Committed += drafts.Apply;
        database.LaneChanged += lane => backlog.Pause(lane.Lane, lane.Paused);
        if (provider.GetService<GatewayMetrics>() is { } metrics) database.GroupCommitted += metrics.GroupCommitted;

        var source = provider.GetRequiredService<LocalJobSource>();
        source.Told += provider.GetRequiredService<WorkerRoster>().Meet;
        source.Shown += backlog.Show;
        source.Staged += backlog.Enter;
    }
}
