using Rushes.Jobs;

namespace Rushes.Accounts;

/// <summary>
/// Places in the queue, so many an account. One is taken before the job is written and given back once the backlog has it:
/// requests that come at once cannot go over the bound together. A job that comes back from its run needs none.
/// </summary>
public sealed class QueuePlaces(Backlog backlog)
{
    private readonly Lock gate = new();
    private readonly Dictionary<int, int> coming = [];

    /// <summary>Whether a place would be free just now.</summary>
    public bool IsFree(int account, int most)
    {
        lock (gate) return backlog.QueuedOf(account) + coming.GetValueOrDefault(account) < most;
    }

    /// <summary>Null: none is free. Dispose it once the job is in the backlog, or will not come.</summary>
    public IDisposable? Take(int account, int most)
    {
        lock (gate)
        {
            // Read in this order: a job on its way is counted twice for a moment, never not at all.
            var onTheWay = coming.GetValueOrDefault(account);
            if (backlog.QueuedOf(account) + onTheWay >= most) return null;
            coming[account] = onTheWay + 1;
            return new Place(this, account);
        }
    }

    private void GiveBack(int account)
    {
        lock (gate)
        {
            if (coming[account] == 1) coming.Remove(account);
            else coming[account]--;
        }
    }

    private sealed class Place(QueuePlaces places, int account) : IDisposable
    {
        public void Dispose() => places.GiveBack(account);
    }
}
