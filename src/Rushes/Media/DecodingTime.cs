using System.Diagnostics;
using Rushes.Programs;

namespace Rushes.Media;

/// <summary>How long decoders may run for one request, all its media together. Waiting for a decoder does not count.</summary>
public sealed class DecodingTime(TimeSpan limit)
{
    private TimeSpan used;

    public TimeSpan Limit => limit;

    /// <summary>Nothing is left.</summary>
    public bool IsOver => used >= limit;

    /// <param name="run">Gets how long it may take at most.</param>
    internal async Task<Exit> SpendAsync(Func<TimeSpan, Task<Exit>> run)
    {
        if (IsOver) return new Exit(-1, "", "", TimedOut: true);
        var start = Stopwatch.GetTimestamp();
        try
        {
            return await run(limit - used);
        }
        finally
        {
            used += Stopwatch.GetElapsedTime(start);
        }
    }
}
