using Rushes.Jobs;

namespace Rushes.Database;

/// <summary>What people look through, and what operators move and stop: the rest of the house never asks for it.</summary>
public partial interface IDatabase
{
    /// <summary>
    /// Called after a commit for each lane paused or resumed in it, before that commit's callers are answered. The receiver
    /// must be quick and must not call back.
    /// </summary>
    event Action<LanePause>? LaneChanged;

    /// <summary>Newest first.</summary>
    Task<JobPage> ReadJobsAsync(JobFilter filter, CancellationToken cancel);

    /// <summary>The job's runs but for its present or last one, which stands in the job; oldest first.</summary>
    Task<IReadOnlyList<PastRun>> ReadPastRunsAsync(long job, CancellationToken cancel);

    /// <summary>
    /// Gives a queued job a tier above all that wait in its lane, so that it is leased next; it keeps it when it comes back
    /// from a run. <paramref name="actor"/> is noted in the audit.
    /// </summary>
    Task<MoveOutcome> MoveToFrontAsync(long id, string actor, CancellationToken cancel);

    /// <summary>
    /// From a pause on no job of the lane is leased until it is resumed; those that run go on, and new ones are taken in.
    /// False: it was so already.
    /// </summary>
    Task<bool> PauseLaneAsync(LanePause pause, string actor, CancellationToken cancel);

    /// <summary>By name.</summary>
    Task<IReadOnlyList<string>> ReadPausedLanesAsync(CancellationToken cancel);
}

/// <summary>Which jobs are looked for. What is null matters not.</summary>
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
/// Where the next page begins; null: there is none. A page with a next may hold fewer jobs than were asked for, or none: it
/// looks through a bounded number, so that a filter that hardly anything passes holds up nobody.
/// </param>
public sealed record JobPage(IReadOnlyList<Job> Jobs, long? Next);

/// <param name="Paused">False: resumed.</param>
public sealed record LanePause(string Lane, bool Paused);
