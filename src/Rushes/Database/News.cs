using Rushes.Accounts;
using Rushes.Jobs;

namespace Rushes.Database;

/// <summary>What one commit changed, as far as anyone follows it.</summary>
internal sealed class News
{
    public List<JobChange> Jobs { get; init; } = [];

    public List<Account> Accounts { get; init; } = [];

    public List<ApiKey> Keys { get; init; } = [];

    public List<LanePause> Lanes { get; init; } = [];

    public List<ConsoleSession> Sessions { get; init; } = [];

    /// <summary>A delivery is due at once. Set too often (by a write that then failed) does no harm: it is looked up.</summary>
    public bool DeliveriesWait { get; set; }

    public bool IsEmpty =>
        Jobs.Count == 0 && Accounts.Count == 0 && Keys.Count == 0 && Lanes.Count == 0 && Sessions.Count == 0 && !DeliveriesWait;

    /// <summary>How much it says so far.</summary>
    public (int Jobs, int Accounts, int Keys, int Lanes, int Sessions) Length =>
        (Jobs.Count, Accounts.Count, Keys.Count, Lanes.Count, Sessions.Count);

    /// <summary>Takes back what was said since.</summary>
    public void CutTo((int Jobs, int Accounts, int Keys, int Lanes, int Sessions) length)
    {
        Jobs.RemoveRange(length.Jobs, Jobs.Count - length.Jobs);
        Accounts.RemoveRange(length.Accounts, Accounts.Count - length.Accounts);
        Keys.RemoveRange(length.Keys, Keys.Count - length.Keys);
        Lanes.RemoveRange(length.Lanes, Lanes.Count - length.Lanes);
        Sessions.RemoveRange(length.Sessions, Sessions.Count - length.Sessions);
    }

    public void Clear()
    {
        Jobs.Clear();
        Accounts.Clear();
        Keys.Clear();
        Lanes.Clear();
        Sessions.Clear();
        DeliveriesWait = false;
    }
}
