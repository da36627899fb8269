namespace Rushes.Jobs;

/// <summary>One committed change of one job, for everything that follows commits in memory.</summary>
public readonly record struct JobChange
{
    public required long Id { get; init; }

    public required JobState State { get; init; }

    public required int Account { get; init; }

    public required string Model { get; init; }

    public required string Lane { get; init; }

    public required int Tier { get; init; }

    public required int Priority { get; init; }

    /// <inheritdoc cref="Job.Turn"/>
    public long Turn { get; init; }

    /// <summary>Expected run time according to the catalog, in milliseconds.</summary>
    public required int Work { get; init; }

    /// <summary>Tasks done and in total, of a running job.</summary>
    public Progress Progress { get; init; }

    /// <summary>When the current run started, of a running job.</summary>
    public DateTimeOffset StartedAt { get; init; }

    public string? Worker { get; init; }

    /// <summary>The format that the engine renders, for learning run times; null in a heartbeat.</summary>
    public VideoFormat? Render { get; init; }

    /// <summary>The owner requested that the running job stop.</summary>
    public bool StopRequested { get; init; }

    /// <summary>Null in a heartbeat, which does not change it.</summary>
    public JobDraft? Draft { get; init; }

    /// <summary>
    /// Of a job that entered the queue, or that ended and lets another one of its account run: the gateway that committed this
    /// had a worker waiting for it and wakes that one.
    /// </summary>
    public bool IsCalledElsewhere { get; init; }

    /// <summary>When the change was committed; for a job loaded at startup, when the job was created.</summary>
    public DateTimeOffset At { get; init; }

    public static JobChange Of(NewJob job, long id, long turn, DateTimeOffset at) => new()
    {
        Id = id,
        State = job.State,
        Account = job.Account,
        Model = job.Model,
        Lane = job.Lane,
        Tier = job.Tier,
        Priority = job.Priority,
        Turn = turn,
        Work = job.Work,
        Render = job.Plan.Render,
        Draft = job.Draft,
        At = at,
    };

    /// <param name="isHeartbeat">Leaves out the format and the draft, which a heartbeat does not change.</param>
    public static JobChange Of(Job job, DateTimeOffset at, bool isHeartbeat = false) => new()
    {
        Id = job.Id,
        State = job.State,
        Account = job.Account,
        Model = job.Model,
        Lane = job.Lane,
        Tier = job.Tier,
        Priority = job.Priority,
        Turn = job.Turn,
        Work = job.Work,
        Progress = job.Progress,
        StartedAt = job.StartedAt ?? default,
        Worker = job.Worker,
        Render = isHeartbeat ? null : job.Plan.Render,
        StopRequested = job.StopRequested,
        Draft = isHeartbeat ? null : job.Draft,
        At = at,
    };
}
