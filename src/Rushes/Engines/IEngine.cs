using Rushes.Catalog;
using Rushes.Jobs;

namespace Rushes.Engines;

/// <summary>
/// Makes one video at a time from local files into local files. It knows no database, no file store and no HTTP of ours.
/// </summary>
public interface IEngine
{
    /// <summary>A short name for logs and pages, such as <c>draft</c>.</summary>
    string Name { get; }

    /// <summary>Whether it can make what this model promises, while the part that makes it is healthy.</summary>
    bool Serves(Model model);

    /// <summary>Whether the models that it serves may change while it runs, as those of a server elsewhere.</summary>
    bool MayChange => false;

    /// <summary>Ends when it may serve other models than it did, or lost its server; for most engines never.</summary>
    Task ChangedAsync(CancellationToken cancel) => Task.Delay(Timeout.InfiniteTimeSpan, cancel);

    /// <summary>What it makes videos with, such as a server or programs: each is healthy or not by itself.</summary>
    IReadOnlyList<EngineHealth> Parts { get; }

    /// <summary>The part that makes this model's videos; to be asked of models that it serves.</summary>
    EngineHealth PartOf(Model model);

    /// <summary>Reserves what the next run needs and other runs may have; null if runs share nothing.</summary>
    RunRoom? Reserve() => null;

    /// <summary>Completes when something that was reserved is given back.</summary>
    Task RoomAsync(CancellationToken cancel) => Task.Delay(Timeout.InfiniteTimeSpan, cancel);

    /// <summary>
    /// The model that it holds in memory and so starts soonest; null when it loads each anew, or holds one alone.
    /// </summary>
    Model? Loaded => null;

    /// <summary>
    /// What it lacks to make all that it could besides what its parts say, such as a file or a node: a clause each, for the
    /// operator. For most engines nothing.
    /// </summary>
    IReadOnlyList<string> Wants => [];

    /// <summary>How much a field of <see cref="EngineFields"/> affects the videos of a model that it serves.</summary>
    FieldEffect EffectOf(string field, Model model);

    /// <summary>What it draws on, where only it can know: a server elsewhere.</summary>
    Gpu? Gpu => null;

    /// <summary>
    /// How long a run of this model may take where the catalog does not say; whoever runs the engine holds it to that.
    /// </summary>
    RunLimits LimitsFor(Model model) => new();

    /// <summary>
    /// Runs the job. Ends with exactly one <see cref="EngineEvent.Output"/> or <see cref="EngineEvent.Failed"/>.
    /// Cancelling stops every process it started before the enumeration throws <see cref="OperationCanceledException"/>.
    /// </summary>
    /// <param name="scratch">An empty folder of this run alone; removed afterwards.</param>
    IAsyncEnumerable<EngineEvent> RunAsync(EngineJob job, string scratch, CancellationToken cancel);
}

/// <param name="Files">Local paths of the job's media by field name, such as <c>data_uri</c>.</param>
public sealed record EngineJob(long Id, Model Model, RenderPlan Plan, JobInput Input, IReadOnlyDictionary<string, string> Files)
{
    /// <summary>How long it may take, where the catalog says so.</summary>
    public RunTimeLimit Limit { get; init; } = new();

    /// <summary>What <see cref="IEngine.Reserve"/> reserved for it; null if the run is to wait for what it needs.</summary>
    public RunRoom? Room { get; init; }
}

public abstract record EngineEvent
{
    private EngineEvent() { }

    /// <summary>Real units of work as the engine counts them; done never exceeds total.</summary>
    public sealed record Tasks(int Done, int Total) : EngineEvent;

    /// <summary>
    /// From now on it does this, in a word or two of its own or its operator's, such as <c>decode</c>. No sign of progress.
    /// </summary>
    public sealed record Stage(string Name) : EngineEvent
    {
        /// <summary>Longer names are cut: some come from an engine's own messages.</summary>
        public const int MaxNameLength = 100;

        public string Name { get; } = BoundedText.Line(Name, MaxNameLength);
    }

    /// <summary>Another run has what this one needs, such as the GPU. No limit counts until the next event.</summary>
    public sealed record Waiting : EngineEvent;

    /// <summary>A picture of the unfinished video.</summary>
    public sealed record Preview(ReadOnlyMemory<byte> Jpeg) : EngineEvent;

    /// <summary>The video, in the scratch folder, in any format ffmpeg reads.</summary>
    public sealed record Output(string Path) : EngineEvent
    {
        /// <summary>Whether the picture was encoded with the plan's quality and preset.</summary>
        public bool IsEncoded { get; init; }
    }

    /// <param name="Blame">A failure of the engine's is tried again, elsewhere first; one of the job's ends it.</param>
    public sealed record Failed(JobError Error, Blame Blame) : EngineEvent
    {
        /// <summary>The engine could not be reached and never got the job.</summary>
        public bool NeverStarted { get; init; }
    }
}

/// <summary>What made a run fail.</summary>
public enum Blame
{
    /// <summary>What was asked for: it would fail everywhere.</summary>
    Job,

    /// <summary>Whatever ran it, or so it seems: nobody knows better until another job or a check has succeeded there.</summary>
    Engine,
}

public static class EngineParts
{
    /// <summary>Waits until every part may be tried.</summary>
    public static Task ReadyAsync(this IEngine engine, CancellationToken cancel) =>
        Task.WhenAll(engine.Parts.Select(part => part.MendAsync(cancel)));
}
