using Rushes.Accounts;
using Rushes.Jobs;

namespace Rushes.Database.Postgres;

/// <summary>What one commit changed, as far as anyone follows it.</summary>
internal sealed class News
{
    public List<JobChange> Jobs { get; init; } = [];

    public List<Account> Accounts { get; init; } = [];

    public List<ApiKey> Keys { get; init; } = [];

    public List<LanePause> Lanes { get; init; } = [];

    /// <summary>A delivery is due at once.</summary>
    public bool DeliveriesWait { get; set; }

    public bool IsEmpty => Jobs.Count == 0 && Accounts.Count == 0 && Keys.Count == 0 && Lanes.Count == 0 && !DeliveriesWait;

    public void Clear()
    {
        Jobs.Clear();
        Accounts.Clear();
        Keys.Clear();
        Lanes.Clear();
        DeliveriesWait = false;
    }
}

/// <summary>A commit's place in the order of all commits. Numbers have no gaps.</summary>
/// <param name="Token">The commit's own: after a failover another commit may have the number.</param>
internal sealed record Position(long Number, Guid Token)
{
    public static readonly Position Start = new(0, default);
}

/// <param name="Body">Null: nothing that anyone follows.</param>
internal sealed record CommitRow(Position At, byte[]? Body);
