using Rushes.Jobs;

namespace Rushes.Database;

/// <summary>Lists of jobs and runs, and the lanes that operators pause.</summary>
public interface IJobLists
{
    /// <summary>A page of jobs, in the filter's order.</summary>
    Task<JobPage> ReadJobsAsync(JobFilter filter, CancellationToken cancel);

    /// <summary>The job's earlier runs, oldest first. The current or last run is part of the job.</summary>
    Task<IReadOnlyList<PastRun>> ReadPastRunsAsync(long job, CancellationToken cancel);

    /// <summary>The latest completed runs, newest first, from which run times are learned after a restart.</summary>
    Task<IReadOnlyList<FinishedRun>> ReadRecentRunsAsync(int limit, CancellationToken cancel);

    /// <summary>
    /// Pauses or resumes a lane. No job of a paused lane is claimed; running jobs continue and new jobs are accepted. Returns
    /// false if nothing changed.
    /// </summary>
    Task<bool> PauseLaneAsync(LanePause pause, string actor, CancellationToken cancel);

    /// <summary>Ordered by name.</summary>
    Task<IReadOnlyList<string>> ReadPausedLanesAsync(CancellationToken cancel);
}

/// <summary>Which jobs to list. Properties that are null do not matter.</summary>
public sealed record JobFilter
{
    /// <summary>The range of the times of jobs. Outside it, adding a margin to a time could overflow.</summary>
    private static readonly (DateTimeOffset First, DateTimeOffset Last) Range =
        (DateTimeOffset.UnixEpoch, new(9000, 1, 1, 0, 0, 0, TimeSpan.Zero));

    public int? Account { get; init; }

    /// <summary>Empty for all states.</summary>
    public IReadOnlyCollection<JobState> States { get; init; } = [];

    public string? Model { get; init; }

    /// <summary>Created at this time or later.</summary>
    public DateTimeOffset? From { get; init => field = InRange(value); }

    /// <summary>Created before this time.</summary>
    public DateTimeOffset? Until { get; init => field = InRange(value); }

    /// <summary>False: newest first.</summary>
    public bool OldestFirst { get; init; }

    /// <summary>Ids below this one: the previous page's <see cref="JobPage.Next"/> with the newest first.</summary>
    public long? Before { get; init; }

    /// <summary>Ids above this one: the previous page's <see cref="JobPage.Next"/> with the oldest first.</summary>
    public long? After { get; init; }

    /// <summary>Jobs per page, at least 1.</summary>
    public int Limit { get; init; } = 50;

    private static DateTimeOffset? InRange(DateTimeOffset? time) =>
        time < Range.First ? Range.First : time > Range.Last ? Range.Last : time;
}

/// <param name="Jobs">Their inputs are not complete: long ones have only the start of the prompt and short texts, and no
/// echo.</param>
/// <param name="Next">The start of the next page; null if this is the last one. A page may have fewer jobs than the limit, or
/// none, because one query examines a limited number of jobs.</param>
public sealed record JobPage(IReadOnlyList<Job> Jobs, long? Next);

/// <param name="Paused">False: resumed.</param>
public sealed record LanePause(string Lane, bool Paused);
