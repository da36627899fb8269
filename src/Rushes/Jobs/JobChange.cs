namespace Rushes.Jobs;

/// <summary>One committed change of one job: all that the in-memory views need to follow.</summary>
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

    /// <summary>Milliseconds the catalog expects the run to take.</summary>
    public required int Work { get; init; }

    /// <summary>Tasks done and in all; meaningful while running.</summary>
    public Progress Progress { get; init; }

    /// <summary>When the present run began; meaningful while running.</summary>
    public DateTimeOffset StartedAt { get; init; }

    public string? Worker { get; init; }

    /// <summary>The format the engine draws, for learning run times; null on a heartbeat.</summary>
    public VideoFormat? Render { get; init; }

    /// <summary>The owner asked a running job to stop.</summary>
    public bool StopRequested { get; init; }

    /// <summary>Null: not told, as on a heartbeat.</summary>
    public JobDraft? Draft { get; init; }

    /// <summary>When the change was committed; of a job read at the start, when it was created.</summary>
    public DateTimeOffset At { get; init; }

    /// <summary>A job that was taken in.</summary>
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

    /// <summary>A job as it is now stored.</summary>
    /// <param name="isHeartbeat">Its format and draft are not told: who follows knows them.</param>
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
