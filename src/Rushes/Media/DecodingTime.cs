using System.Diagnostics;
using Rushes.Programs;

namespace Rushes.Media;

/// <summary>The time limit for decoding all media of one request. Waiting for a slot does not count.</summary>
public sealed class DecodingTime(TimeSpan limit)
{
    private TimeSpan used;

    public TimeSpan Limit => limit;

    /// <summary>No time is left.</summary>
    public bool IsOver => used >= limit;

    /// <param name="run">Called with the time limit of the run.</param>
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
