using Rushes.Jobs;

namespace Rushes.Intake;

/// <summary>A job as its owner sees it now: waiting, running or ended.</summary>
public abstract record JobView
{
    private JobView(long id, string model, JobState state, JobDraft draft, LivePreview? preview = null) =>
        (Id, Model, State, Draft, Preview) = (id, model, state, draft, preview);

    public long Id { get; }

    public string Model { get; }

    public JobState State { get; }

    public JobDraft Draft { get; }

    /// <summary>A frame of the unfinished video; null unless the job runs on an engine that shows one.</summary>
    public LivePreview? Preview { get; }

    /// <summary>Expected time until the video is ready; null if it is unknown, or if the job has ended.</summary>
    public TimeSpan? Remaining { get; init; }

    /// <summary>From the database alone: a job that has not ended has no position and no estimates.</summary>
    public static JobView Of(Job job) => job switch
    {
        { State.IsWaiting: true } => new Waiting(job.Id, job.Model, job.State, job.Draft),
        { State: JobState.Running, StartedAt: { } startedAt } => new Running(job.Id, job.Model, job.Draft, startedAt)
        {
            Progress = job.Progress,
        },
        { State: JobState.Completed, ResultKey: { } key } => new Completed(job, key),
        { State: JobState.Failed, Error: { } error } => new Failed(job, error),
        { State: JobState.Cancelled } => new Cancelled(job),
        _ => throw new InvalidOperationException($"job {job.Id} is {job.State} and has no start, result or error"),
    };

    public sealed record Waiting(long Id, string Model, JobState State, JobDraft Draft) : JobView(Id, Model, State, Draft)
    {
        /// <summary>
        /// How many jobs of the lane a worker would start before it, or would if it were approved now. See the backlog.
        /// </summary>
        public int QueuePosition { get; init; }

        /// <summary>No worker can make this model now.</summary>
        public bool Unavailable { get; init; }

        /// <summary>Expected time of the whole run, without the time in the queue.</summary>
        public TimeSpan EstimatedTotal { get; init; }
    }

    public sealed record Running(long Id, string Model, JobDraft Draft, DateTimeOffset StartedAt, LivePreview? Preview = null)
        : JobView(Id, Model, JobState.Running, Draft, Preview)
    {
        public Progress Progress { get; init; }

        /// <inheritdoc cref="Waiting.EstimatedTotal"/>
        public TimeSpan EstimatedTotal { get; init; }

        /// <summary>The current stage of the engine; null unless the engine reports it.</summary>
        public string? Stage { get; init; }
    }

    /// <summary>Completed, failed or cancelled.</summary>
    public abstract record Ended : JobView
    {
        private protected Ended(Job job) : base(job.Id, job.Model, job.State, job.Draft) => Job = job;

        public Job Job { get; }
    }

    public sealed record Completed(Job Job, string ResultKey) : Ended(Job);

    public sealed record Failed(Job Job, JobError Error) : Ended(Job);

    public sealed record Cancelled(Job Job) : Ended(Job);
}
