using Rushes.Database;
using Rushes.Database.Postgres;
using Xunit;

namespace Rushes.Tests.Postgres;

/// <summary>Waits for commits that a gateway is notified of.</summary>
internal sealed class Listening
{
    private readonly Lock gate = new();
    private readonly List<(Func<bool> Condition, TaskCompletionSource Met)> waiters = [];
    private readonly Feed feed;
    private long lastNumber;

    public Listening(PostgresDatabase database)
    {
        feed = database.Feed;
        feed.Published += Look;
    }

    /// <summary>The last commit with changes.</summary>
    public long LastNumber => Volatile.Read(ref lastNumber);

    /// <summary>Evaluated after each notification; it must be fast. The token of the test ends the wait.</summary>
    public Task UntilAsync(Func<bool> condition)
    {
        lock (gate)
        {
            if (condition()) return Task.CompletedTask;
            var met = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
            waiters.Add((condition, met));
            return met.Task.WaitAsync(TestContext.Current.CancellationToken);
        }
    }

    private void Look(CommittedChanges changes)
    {
        lock (gate)
        {
            // A gateway's own commit that told nobody else is not waited for by others.
            if (CommitText.Write(changes) is not null) lastNumber = feed.Position.Number;
            var met = waiters.FindAll(waiter => waiter.Condition());
            waiters.RemoveAll(met.Contains);
            foreach (var waiter in met) waiter.Met.SetResult();
        }
    }
}
