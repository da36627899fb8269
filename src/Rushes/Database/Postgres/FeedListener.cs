using System.Diagnostics;
using System.Globalization;
using Microsoft.Extensions.Logging;

namespace Rushes.Database.Postgres;

/// <summary>
/// Listens for notifications of commits by other gateways and lets the feed read them. It also checks every few seconds,
/// which detects a dead connection.
/// </summary>
/// <param name="name">Identifies this gateway in notifications, so that it ignores its own.</param>
internal sealed class FeedListener(PostgresServer server, Feed feed, string name) : IAsyncDisposable
{
    public const string Channel = "rushes_commits";

    // These waits are for the network and use the system clock.
    private static readonly TimeSpan Look = TimeSpan.FromSeconds(3);
    private static readonly TimeSpan PruneEvery = TimeSpan.FromMinutes(1);

    /// <summary>Commits of other gateways often arrive together; this limits reads to a hundred per second.</summary>
    private static readonly TimeSpan Gather = TimeSpan.FromMilliseconds(10);

    private readonly CancellationTokenSource stop = new();
    private readonly TaskCompletionSource started = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private Task listening = Task.CompletedTask;
    private long received;

    public ILogger Log { get; set; } = Microsoft.Extensions.Logging.Abstractions.NullLogger.Instance;

    /// <summary>Completes when it is listening.</summary>
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
                session.Connection.Notification += (_, notification) => Receive(notification.Payload);
                await session.RunAsync(new Statement($"LISTEN {Channel}"));
                await ListenAsync(session, pause);
            }
            catch (OperationCanceledException) when (stop.IsCancellationRequested)
            {
                return;
            }
            catch (Exception error)
            {
                // The first error goes to the caller.
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
            var before = received;
            await feed.CatchUpAsync(session, stop.Token);
            // Any client of the database can send a number that does not exist. One that was received meanwhile may be newer
            // than what was read.
            if (received == before) received = Math.Min(received, feed.Position.Number);
            started.TrySetResult();
            pause.Reset();
            if (pruned is null || Stopwatch.GetElapsedTime(pruned.Value) > PruneEvery)
            {
                await session.RunAsync(Prune());
                pruned = Stopwatch.GetTimestamp();
            }

            // If this gateway commits in this time, its writer has read the others' commits.
            await session.Connection.WaitAsync(Gather, stop.Token);
            var asleep = Stopwatch.GetTimestamp();
            while (received <= feed.Position.Number && Stopwatch.GetElapsedTime(asleep) < Look)
                await session.Connection.WaitAsync(Look, stop.Token);
        }
    }

    /// <summary>Parses the gateway and the number of the commit.</summary>
    private void Receive(string payload)
    {
        var cut = payload.IndexOf(' ', StringComparison.Ordinal);
        // Invalid ones are ignored.
        if (cut < 0 || !long.TryParse(payload.AsSpan(cut + 1), NumberStyles.None, CultureInfo.InvariantCulture, out var number))
            return;
        if (payload[..cut] != name) received = number;
    }

    // Keeps the newest row, which a gateway that has read everything compares with its position.
    private static Statement Prune() => new("""
        DELETE FROM commits WHERE number IN (
          SELECT number FROM commits
          WHERE at < now() - interval '2 minutes' AND number < (SELECT max(number) FROM commits) ORDER BY number LIMIT 50000)
        """);
}
