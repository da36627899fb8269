using Rushes.Catalog;
using Rushes.Jobs;

namespace Rushes.Engines;

/// <summary>Makes one video at a time from local files to local files.</summary>
public interface IEngine
{
    /// <summary>A short name for logs and pages, such as <c>draft</c>.</summary>
    string Name { get; }

    /// <summary>Whether it can make videos of this model while the part for it is healthy.</summary>
    bool Serves(Model model);

    /// <summary>Whether its models can change while it runs, as those of a server can.</summary>
    bool MayChange => false;

    /// <summary>Completes when its models may have changed, or its server was lost; for most engines never.</summary>
    Task ChangedAsync(CancellationToken cancel) => Task.Delay(Timeout.InfiniteTimeSpan, cancel);

    /// <summary>What it makes videos with, such as a server or programs; each has its own health.</summary>
    IReadOnlyList<EngineHealth> Parts { get; }

    /// <summary>The part for this model, which it must serve.</summary>
    EngineHealth PartOf(Model model);

    /// <summary>Reserves what the next run needs and other runs may use; null if runs share nothing.</summary>
    Reservation? Reserve() => null;

    /// <summary>Completes when something that was reserved is released.</summary>
    Task RoomAsync(CancellationToken cancel) => Task.Delay(Timeout.InfiniteTimeSpan, cancel);

    /// <summary>
    /// The model that it has in memory, which starts soonest; null if it loads models for each run, or has only one.
    /// </summary>
    LoadedModel? Loaded => null;

    /// <summary>
    /// What it lacks besides the problems of its parts, such as a file or a node, for the operator. For most engines nothing.
    /// </summary>
    IReadOnlyList<string> Wants => [];

    /// <summary>Settings of its server that the operator should change, one sentence each. For most engines nothing.</summary>
    IReadOnlyList<string> Advice => [];

    /// <summary>How much a field of <see cref="EngineFields"/> affects the videos of a model that it serves.</summary>
    FieldEffect EffectOf(string field, Model model);

    /// <summary>Whether it can make a result of a model that it serves larger with another model, in the same place.</summary>
    bool CanUpscale(Model model, Model upscaler) => Serves(upscaler) && PartOf(upscaler) == PartOf(model);

    /// <summary>The GPU, if only the engine knows it, such as that of a server.</summary>
    Gpu? Gpu => null;

    /// <summary>Time limits of a run of this model, where the catalog has none.</summary>
    RunLimits LimitsFor(Model model) => new();

    /// <summary>
    /// Runs the job. Ends with exactly one <see cref="EngineEvent.Output"/> or <see cref="EngineEvent.Failed"/>. Cancelling
    /// ends every process it started before the enumeration throws <see cref="OperationCanceledException"/>.
    /// </summary>
    /// <param name="scratch">An empty folder for this run only; deleted afterwards.</param>
    IAsyncEnumerable<EngineEvent> RunAsync(EngineJob job, string scratch, CancellationToken cancel);
}

/// <param name="Lora">The LoRA that the model is changed with in memory; null if with none.</param>
public sealed record LoadedModel(Model Model, Lora? Lora);

/// <param name="Files">Local paths of the job's media by field name, such as <c>data_uri</c>.</param>
public sealed record EngineJob(long Id, Model Model, RenderPlan Plan, JobInput Input, IReadOnlyDictionary<string, string> Files)
{
    /// <summary>The LoRA that the request names, if the model has it.</summary>
    public Lora? Lora => Input.Text(Lora.NameField) is { } name ? Model.Family.Loras.GetValueOrDefault(name) : null;

    /// <summary>The time limits of the catalog.</summary>
    public RunTimeLimit Limit { get; init; } = new();

    /// <summary>What <see cref="IEngine.Reserve"/> reserved for it; null if the run has to wait for what it needs.</summary>
    public Reservation? Room { get; init; }
}

public abstract record EngineEvent
{
    private EngineEvent() { }

    /// <summary>Units of work as the engine counts them; done never exceeds total.</summary>
    public sealed record Tasks(int Done, int Total) : EngineEvent;

    /// <summary>
    /// The new current step, in a word or two of the engine or its operator, such as <c>decode</c>. It does not count as
    /// progress.
    /// </summary>
    public sealed record Stage(string Name) : EngineEvent
    {
        /// <summary>Longer names are cut: some come from an engine's own messages.</summary>
        public const int MaxNameLength = 100;

        public string Name { get; } = BoundedText.Line(Name, MaxNameLength);
    }

    /// <summary>Another run uses what this one needs, such as the GPU. No time limit counts until the next event.</summary>
    public sealed record Waiting : EngineEvent;

    /// <summary>A frame of the unfinished video.</summary>
    public sealed record Preview(ReadOnlyMemory<byte> Jpeg) : EngineEvent;

    /// <summary>The video, in the scratch folder, in any format ffmpeg reads.</summary>
    public sealed record Output(string Path) : EngineEvent
    {
        /// <summary>Whether the video was encoded with the plan's quality and preset.</summary>
        public bool IsEncoded { get; init; }
    }

    /// <param name="Blame">A failure of the engine is retried, on another engine first; one of the job ends it.</param>
    public sealed record Failed(JobError Error, Blame Blame) : EngineEvent
    {
        /// <summary>The engine could not be reached and never got the job.</summary>
        public bool NeverStarted { get; init; }

        /// <summary>What its program printed last, in brackets, for the operator only; empty if it printed nothing.</summary>
        public string Printed { get; init; } = "";

        /// <summary>The end of its output, with line breaks, for the operator only; null if it printed nothing.</summary>
        public string? Log { get; init; }
    }
}

/// <summary>The cause of a failed run.</summary>
public enum Blame
{
    /// <summary>The request: it would fail everywhere.</summary>
    Job,

    /// <summary>Probably the engine, unless another job or a check succeeds there afterwards.</summary>
    Engine,
}

public static class EngineParts
{
    /// <summary>Waits until all parts may be tried.</summary>
    public static Task ReadyAsync(this IEngine engine, CancellationToken cancel) =>
        Task.WhenAll(engine.Parts.Select(part => part.WaitUntilReadyAsync(cancel)));

    /// <summary>The upscaler of a model that the engine serves, if it can use it after the model.</summary>
    public static Model? UpscalerAfter(this IEngine engine, Model model, ModelCatalog catalog) =>
        model.Family.Upscaler is { Model: var id } && catalog.Find(id) is { } upscaler && engine.CanUpscale(model, upscaler)
            ? upscaler
            : null;
}
