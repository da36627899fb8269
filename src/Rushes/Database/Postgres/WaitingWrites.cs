namespace Rushes.Database.Postgres;

/// <summary>
/// The writes of a gateway that wait to be committed, by whether other gateways may write at the same time. The caller locks.
/// </summary>
internal sealed class WaitingWrites
{
    /// <summary>
    /// Shared writes join an exclusive group as long as they are few, which saves a commit. Many are a group of their own,
    /// which other gateways need not wait for.
    /// </summary>
    private const int Joining = 64;

    private readonly Queue<Write> shared = new();
    private readonly Queue<Write> exclusive = new();
    private bool sharedWasLast;

    public int Count => shared.Count + exclusive.Count;

    /// <summary>Whether the next group is exclusive. Both kinds of groups alternate while many writes of both wait.</summary>
    public bool NextIsExclusive => exclusive.Count > 0 && (sharedWasLast || shared.Count <= Joining);

    public void Add(Write write) => (write.IsExclusive ? exclusive : shared).Enqueue(write);

    /// <summary>Moves writes to a group, up to a limit, except those whose caller has cancelled.</summary>
    /// <param name="isExclusive">Whether the group is.</param>
    public void MoveTo(CommitGroup group, bool isExclusive, int most)
    {
        sharedWasLast = !isExclusive;
        if (isExclusive) Move(exclusive, group, most);
        Move(shared, group, isExclusive ? Math.Min(most, group.Count + Joining) : most);
    }

    /// <summary>Moves all of them.</summary>
    public void MoveAllTo(CommitGroup group)
    {
        Move(exclusive, group, int.MaxValue);
        Move(shared, group, int.MaxValue);
    }

    private static void Move(Queue<Write> waiting, CommitGroup group, int most)
    {
        while (group.Count < most && waiting.TryDequeue(out var write))
            if (write.IsAbandoned) write.Abandon();
            else group.Add(write);
    }
}
