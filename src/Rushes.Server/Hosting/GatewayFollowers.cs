using Rushes.Accounts;
using Rushes.Database;
using Rushes.Jobs;
using Rushes.Server.Auth;
using Rushes.Server.JobResponses;
using Rushes.Server.Metrics;
using Rushes.Server.WorkerApi;
using Rushes.Work;

namespace Rushes.Server.Hosting;

/// <summary>
/// Notifies these followers of each commit, in this order, before the caller of the write is answered. Later followers can rely
/// on the state of earlier ones. After them comes the webhook deliverer, which adds itself while it runs.
/// </summary>
internal static class GatewayFollowers
{
    /// <summary>Before accounts, keys and sessions are read.</summary>
    public static void FollowAccounts(IServiceProvider provider)
    {
        var followers = provider.GetRequiredService<CommitFollowers>();
        var accounts = provider.GetRequiredService<AccountDirectory>();
        var limits = provider.GetRequiredService<ConcurrencyLimits>();
        followers.AddAccounts("account directory", accounts.Apply);
        followers.AddAccounts("concurrency limits", account => limits.NotifyChanged(account.Id));
        followers.AddKeys("keys", provider.GetRequiredService<KeyRing>().Apply);
        followers.AddSessions("console sessions", provider.GetRequiredService<ConsoleSessions>().Apply);
        // Last: it ends calls whose key, account or session the others have just seen end.
        var open = provider.GetRequiredService<OpenCalls>();
        followers.AddAccounts("open calls", open.Apply);
        followers.AddKeys("open calls", open.Apply);
        followers.AddSessions("open calls", open.Apply);
    }

    /// <summary>After live jobs were read into the backlog.</summary>
    public static void FollowJobs(IServiceProvider provider)
    {
        var followers = provider.GetRequiredService<CommitFollowers>();
        var backlog = provider.GetRequiredService<Backlog>();
        followers.Awaited = backlog.Awaited;
        followers.AddJobs("backlog", backlog.Apply);
        followers.AddJobs("run times", provider.GetRequiredService<RunTimes>().Apply);
        followers.AddJobs("recent ends", provider.GetRequiredService<RecentEnds>().Apply);
        if (provider.GetService<QueueMetrics>() is { } census) followers.AddJobs("census", census.Apply);
        followers.AddJobs("job watch", provider.GetRequiredService<JobWatch>().Apply);
        followers.AddJobs("warm starts", provider.GetRequiredService<WarmStarts>().Apply);
        followers.AddJobs("engine faults", provider.GetRequiredService<EngineFaults>().Apply);
        if (provider.GetService<DraftRunner>() is { } drafts) followers.AddJobs("drafts", drafts.Apply);
        followers.AddLanes("paused lanes", lane => backlog.Pause(lane.Lane, lane.Paused));
        if (provider.GetService<GatewayMetrics>() is { } metrics) followers.AddWrites("metrics", metrics.GroupCommitted);

        // What workers report without a commit.
        var source = provider.GetRequiredService<LocalJobSource>();
        source.OfferReceived += provider.GetRequiredService<WorkerRoster>().Register;
        source.OfferReceived += provider.GetRequiredService<EngineFaults>().RecordOffer;
        source.PreviewReceived += backlog.SetPreview;
        source.StageReceived += backlog.SetStage;
        source.OutputReceived += provider.GetRequiredService<RunOutputs>().Add;
    }
}
