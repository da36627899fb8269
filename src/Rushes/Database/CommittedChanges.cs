using Rushes.Accounts;
using Rushes.Jobs;

namespace Rushes.Database;

/// <summary>The changes of one commit that have followers. Followers must not keep the lists.</summary>
public sealed class CommittedChanges
{
    public List<JobChange> Jobs { get; init; } = [];

    public List<Account> Accounts { get; init; } = [];

    public List<ApiKey> Keys { get; init; } = [];

    public List<ConsoleSession> Sessions { get; init; } = [];

    public List<LanePause> Lanes { get; init; } = [];

    /// <summary>
    /// A delivery is due at once. It may be set by a write that then failed, because the deliverer queries the database
    /// anyway.
    /// </summary>
    public bool DeliveriesDue { get; set; }

    /// <summary>How many writes this gateway committed together; 0 for a commit of another gateway.</summary>
    public int Writes { get; set; }

    /// <summary>There is nothing that other gateways follow.</summary>
    internal bool IsEmpty =>
        Jobs.Count == 0 && Accounts.Count == 0 && Keys.Count == 0 && Sessions.Count == 0 && Lanes.Count == 0 && !DeliveriesDue;

    /// <summary>The current lengths of the lists.</summary>
    internal (int Jobs, int Accounts, int Keys, int Sessions, int Lanes) Length =>
        (Jobs.Count, Accounts.Count, Keys.Count, Sessions.Count, Lanes.Count);

    /// <summary>Removes everything added since.</summary>
    internal void CutTo((int Jobs, int Accounts, int Keys, int Sessions, int Lanes) length)
    {
        Jobs.RemoveRange(length.Jobs, Jobs.Count - length.Jobs);
        Accounts.RemoveRange(length.Accounts, Accounts.Count - length.Accounts);
        Keys.RemoveRange(length.Keys, Keys.Count - length.Keys);
        Sessions.RemoveRange(length.Sessions, Sessions.Count - length.Sessions);
        Lanes.RemoveRange(length.Lanes, Lanes.Count - length.Lanes);
    }

    internal void Clear()
    {
        Jobs.Clear();
        Accounts.Clear();
        Keys.Clear();
        Sessions.Clear();
        Lanes.Clear();
        DeliveriesDue = false;
        Writes = 0;
    }
}
