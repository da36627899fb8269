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
    /// <param name="tell">Called with the engine's events.</param>
    public async Task<Made> MakeAsync(
        Lease lease, string folder, Action<EngineEvent> tell, CancellationToken stop, RunRoom? room = null)
    {
        try
        {
            if (catalog.Find(lease.Job.Model) is not { } model)
                return Made.Not("model_unknown", $"The catalog no longer has the model {lease.Job.Model}.", Blame.Job);

            var input = JobInput.Parse(lease.Job.Input);
            if (input.Text(Lora.NameField) is { } lora && model.Family.Loras.ContainsKey(lora)
                && engine.EffectOf(Lora.NameField, model) == FieldEffect.None)
                return Made.Not("engine_failed", $"The engine {engine.Name} cannot use the LoRA {lora}.", Blame.Engine, true);

            var run = new Folder(folder).Create();
            var files = new Dictionary<string, string>();
            foreach (var (field, uri) in StoredFiles(input))
            {
                // Numbered, because the name of a field comes from outside and must not become part of a path.
                var path = run.File($"input-{files.Count + 1}{MediaType.ExtensionOf(uri.Key)}");
                using var span = JobTrace.Step("fetch")?.SetTag("rushes.field", field);
                if (!await source.FetchAsync(lease, uri, path, stop))
                    return Made.Not(
                        "input_gone", $"The file sent as {field} is no longer stored; send the request again.", Blame.Job);
                files[field] = path;
            }

            var job = new EngineJob(lease.Job.Id, model, lease.Job.Plan, input, files)
            {
                Limit = lease.Limit ?? LimitFor(model, lease.Job.Plan), Room = room,
            };
            var scratch = run.Sub("run").Create().FullPath;
            return await DrawAsync(job, scratch, tell, stop) switch
            {
                EngineEvent.Output output => await EncodeAsync(output, job, stop),
                EngineEvent.Failed failed => new Made.Nothing(failed.Error, failed.Blame)
                {
                    NeverStarted = failed.NeverStarted, Printed = failed.Printed, Log = failed.Log,
                },
                _ => Made.Not("engine_failed", $"The engine {engine.Name} ended without a video.", Blame.Engine),
            };
        }
        catch (OperationCanceledException) when (stop.IsCancellationRequested)
        {
            throw;
        }
        catch (Exception error)
        {
            log.RunBroke(error, lease.Job.Id, engine.Name);
            return Made.Not("engine_failed", $"The engine {engine.Name} broke; the operator's log has the reason.", Blame.Engine);
        }
    }

    /// <summary>The engine's last event; null if it ended without one.</summary>
    private async Task<EngineEvent?> DrawAsync(EngineJob job, string scratch, Action<EngineEvent> tell, CancellationToken stop)
    {
        using var span = JobTrace.Step("engine")?.SetTag("rushes.engine", engine.Name);
        Activity? stage = null;
        try
        {
            await foreach (var told in engine.WatchAsync(job, scratch, clock, stop))
            {
                switch (told)
                {
                    case EngineEvent.Tasks or EngineEvent.Preview:
                        tell(told);
                        break;
                    case EngineEvent.Waiting:
                        break;
                    case EngineEvent.Stage next:
                        stage?.Dispose();
                        stage = JobTrace.Step(next.Name);
                        tell(told);
                        break;
                    case EngineEvent.Failed failed:
                        span.Fail(failed.Error.Code);
                        return failed;
                    default:
                        return told;
                }
            }
            return null;
        }
        finally
        {
            stage?.Dispose();
        }
    }

    private static async Task<Made> EncodeAsync(EngineEvent.Output output, EngineJob job, CancellationToken stop)
    {
        using var span = JobTrace.Step("encode");
        return await FinalEncode.FinishAsync(output.Path, job.Model.Kind, job.Plan, stop, output.IsEncoded) switch
        {
            Finish.Ready ready => new Made.Video(ready.Path),
            Finish.Unusable unusable => new Made.Nothing(unusable.Error, unusable.Retryable ? Blame.Engine : Blame.Job),
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

public abstract record Made
{
    private Made() { }

    /// <summary>The encoded result.</summary>
    public sealed record Video(string Path) : Made;

    public sealed record Nothing(JobError Error, Blame Blame) : Made
    {
        /// <inheritdoc cref="EngineEvent.Failed.NeverStarted"/>
        public bool NeverStarted { get; init; }

        /// <inheritdoc cref="EngineEvent.Failed.Printed"/>
        public string Printed { get; init; } = "";

        /// <inheritdoc cref="EngineEvent.Failed.Log"/>
        public string? Log { get; init; }
    }

    public static Made Not(string code, string message, Blame blame, bool neverStarted = false) =>
        new Nothing(new JobError(code, message), blame) { NeverStarted = neverStarted };
}
