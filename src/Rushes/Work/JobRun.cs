using System.Diagnostics;
using Microsoft.Extensions.Logging;
using Rushes.Catalog;
using Rushes.Engines;
using Rushes.Files;
using Rushes.Jobs;
using Rushes.Media;

namespace Rushes.Work;

/// <summary>One run of a job: fetches the inputs, runs the engine and encodes the result.</summary>
public sealed class JobRun(IJobSource source, IEngine engine, ModelCatalog catalog, TimeProvider clock, ILogger log)
{
    /// <summary>Returns a video or the reason why there is none; throws only if it is cancelled.</summary>
    /// <param name="folder">For this run only; the caller deletes it.</param>
    /// <param name="report">Called with the engine's events.</param>
    public async Task<RunResult> MakeAsync(
        Lease lease, string folder, Action<EngineEvent> report, CancellationToken stop, Reservation? room = null)
    {
        try
        {
            if (catalog.Find(lease.Job.Model) is not { } model)
                return RunResult.Not("model_unknown", $"The catalog no longer has the model {lease.Job.Model}.", Blame.Job);

            var input = JobInput.Parse(lease.Job.Input);
            if (input.Text(Lora.NameField) is { } lora && model.Family.Loras.ContainsKey(lora)
                && engine.EffectOf(Lora.NameField, model) == FieldEffect.None)
                return RunResult.Not(
                    "engine_failed", $"The engine {engine.Name} cannot use the LoRA {lora}.", Blame.Engine, true);

            var upscaler = engine.UpscalerAfter(model, catalog) is { } found && lease.Job.Plan.Suits(found.Family) ? found : null;
            if (lease.Job.Plan.PaidUpscale && upscaler is null)
                return RunResult.Not(
                    "engine_failed",
                    $"The engine {engine.Name} cannot make the video larger with {model.Family.Upscaler?.Model}.",
                    Blame.Engine, true);

            var run = new Folder(folder).Create();
            var files = new Dictionary<string, string>();
            foreach (var (field, uri) in StoredFiles(input))
            {
                // Numbered, because the name of a field comes from outside and must not become part of a path.
                var path = run.File($"input-{files.Count + 1}{MediaType.ExtensionOf(uri.Key)}");
                using var span = JobTrace.Step("fetch")?.SetTag("rushes.field", field);
                if (!await source.FetchAsync(lease, uri, path, stop))
                    return RunResult.Not(
                        "input_gone", $"The file sent as {field} is no longer stored; send the request again.", Blame.Job);
                files[field] = path;
            }

            var job = new EngineJob(lease.Job.Id, model, lease.Job.Plan, input, files)
            {
                Limit = lease.Limit ?? LimitFor(model, lease.Job.Plan), Room = room,
            };
            var scratch = run.Sub("run").Create().FullPath;
            var ended = await RenderAsync(job, scratch, report, stop);
            // The next job of another slot runs while this result is encoded and delivered.
            if (upscaler is null) room?.Dispose();
            return ended switch
            {
                EngineEvent.Output output => upscaler is null
                    ? await EncodeAsync(output, job, job.Plan, stop)
                    : await EnlargeAsync(output, job, upscaler, run.Sub("upscale").Create().FullPath, report, stop),
                EngineEvent.Failed failed => Failed(failed),
                _ => RunResult.Not("engine_failed", $"The engine {engine.Name} ended without a video.", Blame.Engine),
            };
        }
        catch (OperationCanceledException) when (stop.IsCancellationRequested)
        {
            throw;
        }
        catch (Exception error)
        {
            log.RunBroke(error, lease.Job.Id, engine.Name);
            return RunResult.Not(
                "engine_failed", $"The engine {engine.Name} broke; the operator's log has the reason.", Blame.Engine);
        }
    }

    /// <summary>The engine's last event; null if it ended without one.</summary>
    private async Task<EngineEvent?> RenderAsync(
        EngineJob job, string scratch, Action<EngineEvent> report, CancellationToken stop)
    {
        using var span = JobTrace.Step("engine")?.SetTag("rushes.engine", engine.Name);
        Activity? stage = null;
        try
        {
            await foreach (var update in engine.WatchAsync(job, scratch, clock, stop))
            {
                switch (update)
                {
                    case EngineEvent.Tasks or EngineEvent.Preview:
                        report(update);
                        break;
                    case EngineEvent.Waiting:
                        break;
                    case EngineEvent.Stage next:
                        stage?.Dispose();
                        stage = JobTrace.Step(next.Name);
                        report(update);
                        break;
                    case EngineEvent.Failed failed:
                        span.Fail(failed.Error.Code);
                        return failed;
                    default:
                        return update;
                }
            }
            return null;
        }
        finally
        {
            stage?.Dispose();
        }
    }

    /// <summary>
    /// Makes the video larger with another model of the engine, and then as the plan says. If that model fails and the price
    /// does not contain it, ffmpeg makes the video larger: it was the expensive part.
    /// </summary>
    private async Task<RunResult> EnlargeAsync(
        EngineEvent.Output output, EngineJob job, Model upscaler, string scratch, Action<EngineEvent> report,
        CancellationToken stop)
    {
        using var span = JobTrace.Step("upscale")?.SetTag("rushes.model", upscaler.Id);
        // Models draw in steps: the upscaler gets exactly what was planned.
        var rendered = job.Plan with { Delivery = job.Plan.Render, Crf = 12, Preset = "veryfast", AlwaysEncode = false };
        var encoded = await EncodeAsync(output, job, rendered, stop);
        if (encoded is not RunResult.Video(var path)) return encoded;
        var size = job.Plan.Render with { Width = job.Plan.Delivery.Width, Height = job.Plan.Delivery.Height };
        var larger = job with
        {
            Model = upscaler,
            Plan = rendered with { Render = size, Delivery = size, Kept = 0 },
            Input = JobInput.Parse($$"""{"seed":{{job.Input.Seed}}}"""),
            Files = new Dictionary<string, string> { ["data_uri"] = path },
            Limit = upscaler.LimitFor(job.Plan.DeliveredResolution),
        };
        // The numbers of tasks would start again.
        var ended = await RenderAsync(larger, scratch, update => { if (update is not EngineEvent.Tasks) report(update); }, stop);
        job.Room?.Dispose();
        if (ended is EngineEvent.Output enlarged) return await EncodeAsync(enlarged, job, job.Plan, stop);
        var failed = ended as EngineEvent.Failed
            ?? new EngineEvent.Failed(new JobError("engine_failed", $"{upscaler.Id} ended without a video."), Blame.Engine);
        span.Fail(failed.Error.Code);
        if (job.Plan.PaidUpscale) return Failed(failed);
        log.UpscaleFailed(job.Id, upscaler.Id, failed.Error.Code, failed.Error.Message);
        return await EncodeAsync(output, job, job.Plan, stop);
    }

    private static RunResult.NoVideo Failed(EngineEvent.Failed failed) => new(failed.Error, failed.Blame)
    {
        NeverStarted = failed.NeverStarted, Printed = failed.Printed, Log = failed.Log,
    };

    private static async Task<RunResult> EncodeAsync(
        EngineEvent.Output output, EngineJob job, RenderPlan plan, CancellationToken stop)
    {
        using var span = JobTrace.Step("encode");
        return await FinalEncode.FinishAsync(output.Path, job.Model.Kind, plan, stop, output.IsEncoded) switch
        {
            Finish.Ready ready => new RunResult.Video(ready.Path),
            Finish.Unusable unusable => new RunResult.NoVideo(unusable.Error, unusable.Retryable ? Blame.Engine : Blame.Job),
            _ => throw new InvalidOperationException("a file is ready or unusable"),
        };
    }

    /// <summary>By the height of the rendered video.</summary>
    public static RunTimeLimit LimitFor(Model model, RenderPlan plan) =>
        model.LimitFor(Math.Min(plan.Render.Width, plan.Render.Height));

    /// <summary>The stored files of an input, by field.</summary>
    public static IEnumerable<(string Field, FileUri Uri)> StoredFiles(JobInput input)
    {
        foreach (var field in input.All.EnumerateObject())
            if (field.Name.EndsWith("_uri", StringComparison.Ordinal) && input.Text(field.Name) is { } text
                && FileUri.Parse(text) is { } uri)
                yield return (field.Name, uri);
    }
}

public abstract record RunResult
{
    private RunResult() { }

    /// <summary>The encoded result.</summary>
    public sealed record Video(string Path) : RunResult;

    public sealed record NoVideo(JobError Error, Blame Blame) : RunResult
    {
        /// <inheritdoc cref="EngineEvent.Failed.NeverStarted"/>
        public bool NeverStarted { get; init; }

        /// <inheritdoc cref="EngineEvent.Failed.Printed"/>
        public string Printed { get; init; } = "";

        /// <inheritdoc cref="EngineEvent.Failed.Log"/>
        public string? Log { get; init; }
    }

    public static RunResult Not(string code, string message, Blame blame, bool neverStarted = false) =>
        new NoVideo(new JobError(code, message), blame) { NeverStarted = neverStarted };
}
