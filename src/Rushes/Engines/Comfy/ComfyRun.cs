using System.Security.Cryptography;
using Microsoft.Extensions.Logging;
using Rushes.Catalog;
using Rushes.Jobs;

namespace Rushes.Engines.Comfy;

/// <summary>
/// Runs one job on one server: uploads the media, runs the graph until it succeeds or cannot, and downloads the result.
/// </summary>
internal sealed class ComfyRun(
    ComfyClient client, Prompting prompting, ComfyOptions options, EngineHealth health, TimeProvider clock, ILogger log)
{
    /// <returns>The run's last event.</returns>
    public async Task<EngineEvent> MakeAsync(
        EngineJob job, Workflow workflow, Spellings spellings, string scratch, Action<EngineEvent> report,
        CancellationToken cancel)
    {
        try
        {
            var uploads = new Dictionary<string, string>();
            foreach (var field in workflow.Fills.Select(fill => fill.Value).Distinct())
            {
                if (!job.Files.TryGetValue(field, out var path)) continue;
                if (await InputAsync(field, job, workflow, path, scratch, cancel) is not { } input)
                    return Failed($"The file in {field} cannot be decoded. Send it again in another format.", Blame.Job);
                if (await client.UploadAsync(input, await NameOfAsync(input, cancel), cancel) is not { } given)
                    return Failed(
                        $"The file in {field} is larger than the ComfyUI server takes; its operator raises --max-upload-size.",
                        Blame.Job);
                uploads[field] = given;
            }
            return await TryAsync(job, workflow, spellings, uploads, scratch, report, cancel);
        }
        catch (Exception error) when (ComfyClient.IsAway(error, cancel))
        {
            health.Lose(new ServerWords(health.Name).Silent(error));
            return Failed("The connection to the ComfyUI server failed.", Blame.Engine) with
            {
                NeverStarted = ComfyClient.IsRejected(error),
            };
        }
    }

    /// <summary>The file to upload for a field; null if it cannot be decoded.</summary>
    private static async Task<string?> InputAsync(
        string field, EngineJob job, Workflow workflow, string path, string scratch, CancellationToken cancel)
    {
        if (job.Model.Kind == ModelKind.Foley)
            return field == "data_uri" && StillClip.IsImage(path)
                ? await StillClip.MakeAsync(path, job.Plan.Render, scratch, cancel)
                : path;
        return job.Model.Family.Parameters.Any(known => known.Canonical == field && known.Media.Contains(MediaKind.Clip))
            ? await FittedClip.MakeAsync(
                path, RenderSize.Of(workflow, job), job, new Folder(scratch).File($"{field}.mp4"), cancel)
            : path;
    }

    private async Task<string> NameOfAsync(string path, CancellationToken cancel)
    {
        await using var file = File.OpenRead(path);
        var hash = Convert.ToHexStringLower(await SHA256.HashDataAsync(file, cancel));
        return ComfyFolder.InputName(hash, clock.GetUtcNow(), Path.GetExtension(path));
    }

    private async Task<EngineEvent> TryAsync(
        EngineJob job, Workflow workflow, Spellings spellings, Dictionary<string, string> uploads, string scratch,
        Action<EngineEvent> report, CancellationToken cancel)
    {
        TaskCount? count = null;
        NodeStages? stages = null;
        var (lost, outOfMemory) = (0, false);
        while (true)
        {
            // A repeated id would run twice, and a repeated prefix would not run at all.
            var id = Guid.NewGuid().ToString();
            var graph = Filling.Fill(workflow, job, uploads, ComfyFolder.OutputName(job.Id, id));
            spellings.Apply(graph);
            if (count is null) report(new EngineEvent.Tasks(0, (count = new TaskCount(graph, workflow.Output)).Total));

            var outcome = await prompting.RunAsync(
                graph, id, message => Report(message, count, stages ??= new NodeStages(graph), report), cancel);
            switch (outcome)
            {
                case Outcome.Rejected rejected:
                    return Failed($"ComfyUI refused the workflow {workflow.Name}: {rejected.Why.Message}.", Blame.Engine);
                case Outcome.Lost when lost++ < options.Resubmissions:
                    log.ComfyLostPrompt(options.Server, job.Id, id);
                    continue;
                case Outcome.Lost:
                    return Failed($"The ComfyUI server lost the job {lost} times.", Blame.Engine);
                case Outcome.Stalled:
                    return Failed(
                        $"The ComfyUI server made no progress for {options.Stall.TotalMinutes:0.#} minutes.", Blame.Engine);
                case Outcome.NeverSent:
                    return NotReached();
                case Outcome.Away:
                    return Failed("The ComfyUI server stopped answering.", Blame.Engine);
                case Outcome.Ended { Entry.Fault.OutOfMemory: true } when !outOfMemory:
                    outOfMemory = true;
                    log.ComfyOutOfMemory(options.Server, job.Id);
                    await ForgetAsync(id, cancel);
                    await client.FreeAsync(cancel);
                    continue;
                case Outcome.Ended ended:
                    // The entry is no longer needed; removing it does not delete files.
                    var forgotten = ForgetAsync(id, cancel);
                    var last = ended.Entry.Succeeded
                        ? await FetchAsync(job, workflow, ended.Entry, scratch, cancel)
                        : Broken(job, workflow, ended.Entry);
                    await forgotten;
                    if (last is EngineEvent.Output) report(new EngineEvent.Tasks(count.Total, count.Total));
                    return last;
            }
        }
    }

    /// <summary>
    /// The history keeps every prompt with its texts until the server ends. If removing it fails, the result is still used.
    /// </summary>
    private async Task ForgetAsync(string id, CancellationToken cancel)
    {
        try
        {
            await client.ForgetAsync(id, cancel);
        }
        catch (Exception error) when (ComfyClient.IsAway(error, cancel))
        {
            log.ComfyAway(options.Server, error.Message);
        }
    }

    private static void Report(ComfyMessage message, TaskCount count, NodeStages stages, Action<EngineEvent> report)
    {
        if (message is ComfyMessage.Behind)
        {
            if (stages.Wait() is { } waiting) report(new EngineEvent.Stage(waiting));
            report(new EngineEvent.Waiting());
            return;
        }
        if (stages.Take(message) is { } stage) report(new EngineEvent.Stage(stage));
        if (message is ComfyMessage.Preview preview) report(new EngineEvent.Preview(preview.Jpeg));
        // Waiting behind another prompt counts as progress while that prompt progresses.
        else if (count.Take(message) || message is ComfyMessage.Waiting) report(new EngineEvent.Tasks(count.Done, count.Total));
    }

    private async Task<EngineEvent> FetchAsync(
        EngineJob job, Workflow workflow, HistoryEntry entry, string scratch, CancellationToken cancel)
    {
        if (entry.Result(workflow.Output) is not { } file)
            return Failed($"The workflow {workflow.Name} ended without a video in its node {workflow.Output}.", Blame.Engine);
        var path = new Folder(scratch).File(file.IsVideo ? "result-video" : "result-sound");
        if (!await client.DownloadAsync(file, path, cancel))
            return Failed($"ComfyUI no longer has the file {file.Name} that it made.", Blame.Engine);
        if (file.IsVideo) return new EngineEvent.Output(path);
        if (job.Model.Kind != ModelKind.Foley)
            return Failed($"The workflow {workflow.Name} made a sound and no video.", Blame.Engine);
        var clip = StillClip.IsImage(job.Files["data_uri"])
            ? new Folder(scratch).File(StillClip.FileName)
            : job.Files["data_uri"];
        return await SoundTrack.LayAsync(clip, path, job.Plan, scratch, cancel);
    }

    private EngineEvent.Failed Broken(EngineJob job, Workflow workflow, HistoryEntry entry)
    {
        if (entry.Fault is not { } fault)
            return Failed(
                entry.Interrupted
                    ? "The job was interrupted on the ComfyUI server."
                    : "ComfyUI gave the job up without a reason.",
                Blame.Engine);
        log.ComfyNodeBroke(options.Server, job.Id, fault.Node, fault.Class, fault.Exception);
        if (fault.BreaksGpu) health.Break($"{health.Name} lost its GPU ({fault.Message}): restart it");
        return FailureOf(job, workflow, fault) with { Log = $"{fault.Exception} in {fault.Class}\n{fault.Trace}" };
    }

    private static EngineEvent.Failed FailureOf(EngineJob job, Workflow workflow, NodeFault fault)
    {
        if (fault.OutOfMemory)
            return new EngineEvent.Failed(
                new JobError("out_of_memory", "The GPU's memory is too small for this video; ask for a shorter or smaller one."),
                Blame.Engine);
        var media = workflow.Fills.FirstOrDefault(fill => fill.Node == fault.Node && job.Files.ContainsKey(fill.Value));
        return media is null
            ? Failed($"ComfyUI's node {fault.Class} broke: {fault.Message}", Blame.Engine)
            : Failed($"The file in {media.Value} could not be read: {fault.Message}", Blame.Job);
    }

    private static EngineEvent.Failed NotReached() =>
        Failed("The ComfyUI server could not be reached.", Blame.Engine) with { NeverStarted = true };

    private static EngineEvent.Failed Failed(string message, Blame blame) => new(new JobError("engine_failed", message), blame);
}
