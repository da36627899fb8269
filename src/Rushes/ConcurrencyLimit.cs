namespace Rushes;

/// <summary>Limits how many operations with the same key, such as an account or a job, are in progress at once.</summary>
public sealed class ConcurrencyLimit<TKey>(int most) where TKey : notnull
{
    private readonly Lock gate = new();
    private readonly Dictionary<TKey, int> running = [];

    /// <summary>Dispose the result when the operation ends. Null: the maximum is in progress.</summary>
    public IDisposable? TryEnter(TKey key)
    {
        lock (gate)
        {
            var others = running.GetValueOrDefault(key);
            if (others >= most) return null;
            running[key] = others + 1;
        }
        return new Operation(this, key);
    }

    private void Leave(TKey key)
    {
        lock (gate)
            if (--running[key] == 0) running.Remove(key);
    }

    private sealed class Operation(ConcurrencyLimit<TKey> limit, TKey key) : IDisposable
    {
        private bool ended;

        public void Dispose()
        {
            if (!Interlocked.Exchange(ref ended, true)) limit.Leave(key);
        }
    }
}
