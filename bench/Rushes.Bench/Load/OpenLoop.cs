using System.Diagnostics;

namespace Rushes.Bench.Load;

/// <summary>
/// Load at a fixed rate, whatever the server does: the time of an answer begins when its request was due, so that a server that
/// stops for a moment is not spared the requests of that moment.
/// </summary>
internal static class OpenLoop
{
    private const int Connections = 64;

    /// <summary>Milliseconds of each answer.</summary>
    /// <param name="send">Sends the request with this number over one of the connections.</param>
    public static async Task<double[]> RunAsync(
        Uri server, int rate, int seconds, Func<Connection, int, ValueTask> send, int connections = Connections)
    {
        var open = await Connection.OpenAsync(server, connections);
        try
        {
            var count = rate * seconds;
            var waits = new double[count];
            using var due = new SemaphoreSlim(0);
            var began = Stopwatch.GetTimestamp();
            var next = -1;

            async Task SendAllAsync(Connection connection)
            {
                while (true)
                {
                    await due.WaitAsync();
                    if (Interlocked.Increment(ref next) is var number && number >= count) return;
                    await send(connection, number);
                    waits[number] = Stopwatch.GetElapsedTime(began).TotalMilliseconds - number * 1000.0 / rate;
                }
            }

            var sending = Task.WhenAll(open.Select(connection => Task.Run(() => SendAllAsync(connection))));
            await PaceAsync(due, began, rate, count);
            due.Release(connections);
            await sending;
            return waits;
        }
        finally
        {
            foreach (var connection in open) connection.Dispose();
        }
    }

    public static Task<double[]> RunAsync(Uri server, int rate, int seconds, byte[] request) =>
        RunAsync(server, rate, seconds, async (connection, _) => await connection.SendAsync(request));

    private static async Task PaceAsync(SemaphoreSlim due, long began, int rate, int count)
    {
        using var timer = new PeriodicTimer(TimeSpan.FromMilliseconds(1));
        for (var released = 0; released < count;)
        {
            await timer.WaitForNextTickAsync();
            var now = Math.Min(count, (int)(Stopwatch.GetElapsedTime(began).TotalSeconds * rate));
            if (now > released) due.Release(now - released);
            released = Math.Max(now, released);
        }
    }
}
