using Rushes.Jobs;

namespace Rushes.Server.Console;

/// <summary>The state names of the console; a job that waits for a retry is queued.</summary>
internal static class JobWords
{
    public static IReadOnlyList<string> States { get; } = ["awaiting", "queued", "running", "completed", "failed", "cancelled"];

    public static string Of(JobState state) => state.IsQueued ? "queued" : state.ToString().ToLowerInvariant();

    /// <summary>Parses comma-separated names; null if one of them is unknown.</summary>
    public static IReadOnlyCollection<JobState>? StatesOf(string? names)
    {
        var wanted = (names ?? "").Split(',', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries);
        return wanted.All(States.Contains) ? [.. Enum.GetValues<JobState>().Where(state => wanted.Contains(Of(state)))] : null;
    }
}
