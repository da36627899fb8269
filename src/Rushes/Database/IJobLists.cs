using Rushes.Jobs;

namespace Rushes.Database;

/// <summary>Lists of jobs and runs, and the lanes that operators pause.</summary>
public interface IJobLists
{
    /// <summary>Newest first.</summary>
    Task<JobPage> ReadJobsAsync(JobFilter filter, CancellationToken cancel);

    /// <summary>The job's runs but for its present or last one, which the job itself tells of; oldest first.</summary>
    Task<IReadOnlyList<PastRun>> ReadPastRunsAsync(long job, CancellationToken cancel);

    /// <summary>The newest finished runs, newest first: what run times are learned from after a restart.</summary>
    Task<IReadOnlyList<FinishedRun>> ReadRecentRunsAsync(int limit, CancellationToken cancel);

    /// <summary>
    /// From a pause on no job of the lane is leased until it is resumed; those that run go on, and new ones are taken in.
    /// False: it was so already.
    /// </summary>
    Task<bool> PauseLaneAsync(LanePause pause, string actor, CancellationToken cancel);

    /// <summary>By name.</summary>
    Task<IReadOnlyList<string>> ReadPausedLanesAsync(CancellationToken cancel);
}

/// <summary>Which jobs are looked for. What is null does not matter.</summary>
public sealed record JobFilter
{
    /// <summary>No job is older or newer. A time outside this range would overflow where a margin is added.</summary>
    private static readonly (DateTimeOffset First, DateTimeOffset Last) Range = (DateTimeOffset.UnixEpoch, new(9000, 1, 1, 0, 0, 0, TimeSpan.Zero));

    public int? Account { get; init; }

    /// <summary>None: any.</summary>
    public IReadOnlyCollection<JobState> States { get; init; } = [];

    public string? Model { get; init; }

    /// <summary>Created then or later.</summary>
    public DateTimeOffset? From { get; init => field = InRange(value); }

    /// <summary>Created before.</summary>
    public DateTimeOffset? Until { get; init => field = InRange(value); }

    /// <summary>Ids below this one: a page's <see cref="JobPage.Next"/>.</summary>
    public long? Before { get; init; }

    /// <summary>Jobs a page, 1 or more.</summary>
    public int Limit { get; init; } = 50;

    private static DateTimeOffset? InRange(DateTimeOffset? time) =>
        time < Range.First ? Range.First : time > Range.Last ? Range.Last : time;
}

/// <param name="Next">
/// Where the next page begins; null: there is none. A page with a next may hold fewer jobs than were asked for, or none: one
/// request looks through a bounded number, so that a filter that hardly anything passes holds up nobody.
/// </param>
public sealed record JobPage(IReadOnlyList<Job> Jobs, long? Next);

/// <param name="Paused">False: resumed.</param>
public sealed record LanePause(string Lane, bool Paused);
