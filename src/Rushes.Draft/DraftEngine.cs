using System.Runtime.CompilerServices;
using System.Threading.Channels;
using Microsoft.Extensions.Logging;
using Rushes.Catalog;
using Rushes.Engines;
using Rushes.Jobs;
using Rushes.Media;
using Rushes.Programs;

namespace Rushes.Draft;

/// <summary>
/// Makes every kind of video with ffmpeg only, in seconds, on any machine: marked as a draft, exact in size, length and rate,
/// and the same for the same job. It allows testing everything except the models without a GPU.
/// </summary>
public sealed class DraftEngine : IEngine
{
    private readonly EngineHealth health;

    public DraftEngine(TimeProvider? clock = null, ILogger? log = null)
    {
        health = new EngineHealth("ffmpeg", clock ?? TimeProvider.System, log: log);
        Parts = [health];
    }

    public string Name => "draft";

    public IReadOnlyList<EngineHealth> Parts { get; }

    public EngineHealth PartOf(Model model) => health;

    public bool Serves(Model model) => true;

    /// <summary>Its upscaler is ffmpeg too.</summary>
    public bool CanUpscale(Model model, Model upscaler) => false;

    public FieldEffect EffectOf(string field, Model model) =>
        field is "prompt" or "seed" or EngineFields.LastImage or EngineFields.Music or Lora.NameField or Lora.StrengthField
            ? FieldEffect.Full
            : FieldEffect.None;

    public async IAsyncEnumerable<EngineEvent> RunAsync(
        EngineJob job, string scratch, [EnumeratorCancellation] CancellationToken cancel)
    {
        var total = job.Plan.Delivery.Frames;
        yield return new EngineEvent.Tasks(0, total);
        yield return new EngineEvent.Stage("prepare");

        var prepared = await PrepareAsync(Quick(DraftLora.Apply(job)), scratch, cancel);
        if (prepared is not Prepared.Ready { Shot: var shot })
        {
            var failed = (Prepared.Failed)prepared;
            yield return Failed(failed.Message, Blame.Job);
            yield break;
        }

        yield return new EngineEvent.Stage("draw");
        // Ends ffmpeg even if the caller stops reading without cancelling.
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(cancel);
        var frames = Channel.CreateBounded<int>(new BoundedChannelOptions(1) { FullMode = BoundedChannelFullMode.DropOldest });
        var run = RunAsync(
            shot.RunIn(scratch, job.Plan.Delivery, frame => frames.Writer.TryWrite(frame)), frames.Writer, stop.Token);
        try
        {
            await foreach (var done in frames.Reader.ReadAllAsync(CancellationToken.None))
                if (done < total) yield return new EngineEvent.Tasks(done, total);
        }
        finally
        {
            if (!run.IsCompleted) await stop.CancelAsync();
            await ((Task)run).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }

        var exit = await run;
        if (!exit.Ok)
        {
            var fault = FfmpegFault.Of(exit);
            yield return Failed(fault.Message, fault.BadMedia ? Blame.Job : Blame.Engine);
            yield break;
        }
        yield return new EngineEvent.Tasks(total, total);
        yield return new EngineEvent.Output(new Folder(scratch).File(Shot.OutputFile)) { IsEncoded = shot.Encodes };
    }

    /// <summary>A placeholder is encoded in a third of the usual time, unless the request names a preset.</summary>
    private static EngineJob Quick(EngineJob job) =>
        job with { Plan = job.Plan with { Preset = job.Plan.Preset ?? "veryfast" } };

    private static async Task<Prepared> PrepareAsync(EngineJob job, string scratch, CancellationToken cancel)
    {
        var prepared = await DrawnAsync(job, scratch, cancel);
        return job.Plan.Sound == true && prepared is Prepared.Ready ready
            ? new Prepared.Ready(await DraftSound.AddAsync(ready.Shot, job, scratch, cancel))
            : prepared;
    }

    private static Task<Prepared> DrawnAsync(EngineJob job, string scratch, CancellationToken cancel) => job.Model.Kind switch
    {
        ModelKind.TextToVideo => TextShot.PrepareAsync(job, scratch, cancel),
        ModelKind.ImageToVideo => ImageShot.PrepareAsync(job, scratch, cancel),
        ModelKind.SoundToVideo => SoundShot.PrepareAsync(job, scratch, cancel),
        ModelKind.Foley => FoleyShot.PrepareAsync(job, scratch, cancel),
        ModelKind.VideoToVideo or ModelKind.VideoExtend or ModelKind.Upscale => ClipShot.PrepareAsync(job, scratch, cancel),
        _ => throw new ArgumentOutOfRangeException(nameof(job), job.Model.Kind, "A kind of model no draft is drawn for."),
    };

    private static async Task<Exit> RunAsync(FfmpegRun run, ChannelWriter<int> frames, CancellationToken cancel)
    {
        try
        {
            return await Ffmpeg.RunAsync(run, cancel);
        }
        finally
        {
            frames.Complete();
        }
    }

    private static EngineEvent.Failed Failed(string message, Blame blame) => new(new JobError("engine_failed", message), blame);
}
