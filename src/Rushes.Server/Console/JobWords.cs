using Rushes.Jobs;

namespace Rushes.Server.Console;

/// <summary>States by the names that the console uses: a job that waits again is queued like one that waits for the first time.</summary>
internal static class JobWords
{
    public static IReadOnlyList<string> States { get; } = ["awaiting", "queued", "running", "completed", "failed", "cancelled"];

    public static string Of(JobState state) => state.IsQueued ? "queued" : state.ToString().ToLowerInvariant();

    /// <summary>Of names with commas between; null when one of them is none.</summary>
    public static IReadOnlyCollection<JobState>? StatesOf(string? names)
    {
        var wanted = (names ?? "").Split(',', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries);
        return wanted.All(States.Contains) ? [.. Enum.GetValues<JobState>().Where(state => wanted.Contains(Of(state)))] : null;
    }
}
