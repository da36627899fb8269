using Rushes.Accounts;
using Rushes.Database;
using Rushes.Database.Postgres;
using Rushes.Jobs;

namespace Rushes.Tests.Fuzz;

/// <summary>Commits that gateways publish through PostgreSQL.</summary>
internal static class ChangesSamples
{
    private static readonly DateTimeOffset Day = new(2030, 1, 31, 0, 0, 0, TimeSpan.Zero);

    public static readonly byte[][] All =
    [
        CommitText.Write(new CommittedChanges
        {
            Jobs =
            [
                new JobChange
                {
                    Id = 7, State = JobState.Running, Account = 1, Model = "wan22-fast-t2v", Lane = "t2v", Tier = 0, Priority = 2,
                    Turn = 3, Work = 90_000,
                    Progress = new Progress(3, 20), StartedAt = Day, Worker = "node/1",
                    Render = new VideoFormat(832, 480, 80, 16), StopRequested = true, At = Day,
                },
            ],
            Lanes = [new LanePause("t2v", true)],
            DeliveriesDue = true,
        })!,
        CommitText.Write(new CommittedChanges
        {
            Accounts = [new Account(2, "acme", "metered", false, Day)],
            Keys = [new ApiKey { Id = 3, Hash = new byte[32], Account = 2, Name = "shop", Scopes = Scopes.Submit,
                Networks = [new(new([203, 0, 113, 0]), 24)], CreatedAt = Day }],
        })!,
    ];
}
