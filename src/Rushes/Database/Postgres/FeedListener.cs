using System.Diagnostics;
using System.Globalization;
using Microsoft.Extensions.Logging;

namespace Rushes.Database.Postgres;

/// <summary>
/// Hears that another gateway committed, and has the feed read what. It looks by itself every few seconds too, which also
/// tells a dead connection from a quiet one.
/// </summary>
/// <param name="name">This gateway's own in notifications: its own commits it does not read.</param>
internal sealed class FeedListener(PostgresServer server, Feed feed, string name) : IAsyncDisposable
{
    public const string Channel = "rushes_commits";

    // These waits are for the network, and go by the machine's clock.
    private static readonly TimeSpan Look = TimeSpan.FromSeconds(3);
    private static readonly TimeSpan PruneEvery = TimeSpan.FromMinutes(1);

    /// <summary>Commits of other gateways come in crowds: at most a hundred looks a second.</summary>
    private static readonly TimeSpan Gather = TimeSpan.FromMilliseconds(10);

    private readonly CancellationTokenSource stop = new();
    private readonly TaskCompletionSource started = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private Task listening = Task.CompletedTask;
    private long heard;

    public ILogger Log { get; set; } = Microsoft.Extensions.Logging.Abstractions.NullLogger.Instance;

    /// <summary>Returns when it hears.</summary>
    public Task StartAsync()
    {
        listening = RunAsync();
        return started.Task;
    }

    public async ValueTask DisposeAsync()
    {
        await stop.CancelAsync();
        await listening;
        stop.Dispose();
    }

    private async Task RunAsync()
    {
        var pause = PostgresServer.NewBackoff();
        while (!stop.IsCancellationRequested)
        {
            try
            {
                await using var session = await server.OpenWriterAsync(stop.Token);
                session.Connection.Notification += (_, told) => Hear(told.Payload);
                await session.RunAsync(new Statement($"LISTEN {Channel}"));
                await ListenAsync(session, pause);
            }
            catch (OperationCanceledException) when (stop.IsCancellationRequested)
            {
                return;
            }
            catch (Exception error)
            {
                // The first time it is the caller's affair.
                if (started.TrySetException(error)) return;
                if (!pause.IsFailing) Log.FeedLost(server.Shown, error.Message);
                await pause.WaitAsync(stop.Token).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            }
        }
    }

    private async Task ListenAsync(Session session, Backoff pause)
    {
        long? pruned = null;
        while (true)
        {
            await feed.CatchUpAsync(session, stop.Token);
            started.TrySetResult();
            pause.Reset();
            if (pruned is null || Stopwatch.GetElapsedTime(pruned.Value) > PruneEvery)
            {
                await session.RunAsync(Prune());
                pruned = Stopwatch.GetTimestamp();
            }

            // While this gateway commits too, its writer has read by then what the others did.
            await session.Connection.WaitAsync(Gather, stop.Token);
            for (var asleep = Stopwatch.GetTimestamp(); heard <= feed.Position.Number && Stopwatch.GetElapsedTime(asleep) < Look;)
                await session.Connection.WaitAsync(Look, stop.Token);
        }
    }

    /// <summary>Who committed, and which number.</summary>
    private void Hear(string payload)
    {
        var cut = payload.IndexOf(' ', StringComparison.Ordinal);
        // Whoever may connect to the database may notify; what is none of a gateway's is left alone.
        if (cut < 0 || !long.TryParse(payload.AsSpan(cut + 1), NumberStyles.None, CultureInfo.InvariantCulture, out var number))
            return;
        if (payload[..cut] != name) heard = number;
    }

    // The newest stays: it is what a gateway that has seen everything holds on to.
    private static Statement Prune() => new("""
        DELETE FROM commits WHERE number IN (
          SELECT number FROM commits
          WHERE at < now() - interval '2 minutes' AND number < (SELECT max(number) FROM commits) ORDER BY number LIMIT 50000)
        """);
}
