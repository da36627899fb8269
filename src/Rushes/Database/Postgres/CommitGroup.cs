namespace Rushes.Database.Postgres;

/// <summary>Writes that are committed together.</summary>
internal sealed class CommitGroup
{
    private List<Write> writes = [];

    /// <summary>One of the writes failed. Each is run separately to find out which.</summary>
    public bool IsCareful { get; private set; }

    /// <summary>Whether it can only be run while no other gateway writes.</summary>
    public bool IsExclusive { get; private set; }

    public int Count => writes.Count;

    /// <inheritdoc cref="Write.NeedsOthers"/>
    public bool NeedsOthers => writes.Exists(write => write.NeedsOthers);

    /// <summary>
    /// Set before the commit is sent; from then on it may have been committed. The group is then exclusive: the server gives
    /// that lock after the end of the lost connection's transaction, so a token that is missing then was not committed.
    /// </summary>
    public Guid? Token
    {
        get;
        set
        {
            field = value;
            IsExclusive |= value is not null;
        }
    }

    public void Add(Write write) => writes.Add(write);

    /// <summary>
    /// It could not be run. If it was shared, it is run again exclusively, because another gateway may have locked one of its
    /// jobs or keys; otherwise write by write.
    /// </summary>
    public void Retry(bool wasExclusive)
    {
        IsExclusive = true;
        IsCareful |= wasExclusive;
    }

    public async Task RunAsync(Transaction transaction)
    {
        if (IsCareful)
        {
            var standing = new List<Write>();
            foreach (var write in writes)
                if (await transaction.TryRunAsync(write)) standing.Add(write);
            writes = standing;
            return;
        }

        foreach (var kind in writes.GroupBy(write => write.Kind).OrderBy(kind => kind.First().Order))
            await kind.First().RunAllAsync([.. kind], transaction);
    }

    public void Succeed()
    {
        foreach (var write in writes) write.Succeed();
    }

    public void Fail(Exception error)
    {
        foreach (var write in writes) write.Fail(error);
    }
}
