namespace Rushes.Database.Postgres;

/// <summary>Writes that are committed together.</summary>
internal sealed class CommitGroup
{
    private List<Write> writes = [];

    /// <summary>One of the writes failed. Each is run separately to find out which.</summary>
    public bool IsCareful { get; set; }

    public int Count => writes.Count;

    /// <summary>Set before the commit is sent; from then on it may have been committed.</summary>
    public Guid? Token { get; set; }

    /// <summary>Adds writes up to the limit, except those whose caller has cancelled.</summary>
    public void Take(Queue<Write> waiting, int most)
    {
        while (writes.Count < most && waiting.TryDequeue(out var write))
            if (write.IsAbandoned) write.Abandon();
            else writes.Add(write);
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
