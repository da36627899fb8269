using Rushes.Jobs;

namespace Rushes.Accounts;

/// <summary>
/// Limits the queued jobs of an account. A place is taken before the job is stored and released once the backlog has it, so
/// that simultaneous requests cannot exceed the limit. Retried jobs need none.
/// </summary>
public sealed class QueuePlaces(Backlog backlog)
{
    private readonly Lock gate = new();
    private readonly Dictionary<int, int> coming = [];

    /// <summary>For other gateways that create jobs of the account, too.</summary>
    public QueueLimit LimitOf(int account, int most) => new(most, () => backlog.QueuedOf(account));

    /// <summary>Whether a place is free now.</summary>
    public bool IsFree(int account, int most)
    {
        lock (gate) return backlog.QueuedOf(account) + coming.GetValueOrDefault(account) < most;
    }

    /// <summary>Returns null if none is free. Dispose it once the job is in the backlog, or was not created.</summary>
    public IDisposable? Take(int account, int most)
    {
        lock (gate)
        {
            // Read in this order, so that a job being created can be counted twice for a moment but is never missed.
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
