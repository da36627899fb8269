using System.Net;
using System.Runtime.CompilerServices;
using Rushes.Engines.Process;
using Rushes.Jobs;

namespace Rushes.Engines.VideoServer;

/// <summary>One job on one server: sent, polled and fetched.</summary>
internal sealed class VideoServerRun(VideoServer server, ServedModel model)
{
    /// <summary>How often a job is sent again that the server lost.</summary>
    private const int MaxRepeats = 2;

    /// <summary>How often the file of a finished job is asked for.</summary>
    private const int MaxTries = 10;

    /// <summary>What a call found out about the job.</summary>
    private readonly record struct Step
    {
        public string? Id { get; init; }

        public string? Stage { get; init; }

        public int Percent { get; init; }

        public bool IsLost { get; init; }

        /// <summary>An output or a failure.</summary>
        public EngineEvent? Last { get; init; }

        /// <summary>Whether the server may still work on the job although the run is over.</summary>
        public bool GoesOn { get; init; }
    }

    private readonly JobEnding end = new(server, model);
    private Task<ServerReply>? sending;
    private long? silentSince;
    private long number;
    private RequestWords words = RequestWords.None;

    /// <summary>Completes when the server no longer works on the job.</summary>
    public Task Ending { get; private set; } = Task.CompletedTask;

    public async IAsyncEnumerable<EngineEvent> RunAsync(
        EngineJob job, VideoFormat rendered, IReadOnlyDictionary<string, string> media, string scratch,
        [EnumeratorCancellation] CancellationToken cancel)
    {
        (number, words) = (job.Id, RequestWords.Of(job.Input, model.Drawing));
        var folder = new Folder(scratch);
        string? id = null;
        var (percent, stage) = (0, (string?)null);
        try
        {
            for (var repeats = 0; ;)
            {
                yield return new EngineEvent.Stage("start");
                var step = await SendAsync(job, rendered, media, folder, cancel);
                id = step.Id;
                while (step.Last is null && !step.IsLost)
                {
                    if (step.Stage is { } now && now != stage) yield return new EngineEvent.Stage(stage = now);
                    if (step.Percent > percent) yield return new EngineEvent.Tasks(percent = step.Percent, 100);
                    await server.PauseAsync(cancel);
                    step = await LookAsync(id!, folder, cancel);
                }
                if (step.IsLost && repeats++ < MaxRepeats)
                {
                    server.Log.VideoServerLostJob(server.Address, number);
                    id = null;
                    continue;
                }
                if (!step.GoesOn)
                {
                    if (id is not null && !step.IsLost) await end.ForgetAsync(id);
                    id = null;
                }
                var last = step.Last ?? Failed("The server lost the job repeatedly.", Blame.Engine);
                if (last is EngineEvent.Failed failed) server.Log.VideoServerFailed(server.Address, number, failed.Error.Message);
                else yield return new EngineEvent.Tasks(100, 100);
                yield return last;
                yield break;
            }
        }
        finally
        {
            if (sending is not null) Ending = end.EndAsync(sending, number);
            else if (id is not null) Ending = end.EndAsync(id, number);
            // A gateway that is stopping waits for this, so that no server works on a cancelled job.
            if (server.File.DeleteStops && cancel.IsCancellationRequested) await Ending;
        }
    }

    private async Task<Step> SendAsync(
        EngineJob job, VideoFormat rendered, IReadOnlyDictionary<string, string> media, Folder folder, CancellationToken cancel)
    {
        var inline = folder.File("inline-video");
        try
        {
            var body = await VideoServerRequest.MakeAsync(server.File, model, job, rendered, media, cancel);
            // It goes on after a cancel, because the server may have the job by then.
            sending = server.Client.CreateAsync(body, inline, model.Total, server.Closing);
            var reply = await sending.WaitAsync(cancel);
            sending = null;
            if (!reply.IsOk) return new Step { Last = Rejected(reply) };
            if (new FileInfo(inline).Length > 0) return new Step { Last = Output(inline) };
            if (reply.Job.IsFailed) return new Step { Last = JobFailed(reply.Job) };
            if (reply.Job.IsCompleted)
                return await FetchAsync(reply.Job, reply.Job.Id ?? "", folder, cancel) with { Id = reply.Job.Id };
            return server.Client.IsHeld || reply.Job.Id is not { } id
                ? new Step { Last = Failed("The server accepted the request without a job id.", Blame.Engine) }
                : new Step { Id = id, Stage = StageOf(reply.Job), Percent = PercentOf(reply.Job) };
        }
        catch (HttpRequestException error)
            when (error.HttpRequestError is HttpRequestError.ConnectionError or HttpRequestError.NameResolutionError)
        {
            sending = null;
            server.Health.Lose($"{server.Address} does not respond: {error.Message}");
            return new Step { Last = NotTaken("The server could not be reached.") };
        }
        catch (Exception error) when (VideoServer.IsBroken(error))
        {
            sending = null;
            return new Step { Last = Failed("The server gave a response that cannot be read.", Blame.Engine) };
        }
    }

    private async Task<Step> LookAsync(string id, Folder folder, CancellationToken cancel)
    {
        var inline = folder.File("inline-video");
        try
        {
            var reply = await server.Client.StatusAsync(id, inline, cancel);
            if (reply.Job.Status is null && reply.Status is HttpStatusCode.NotFound or HttpStatusCode.Gone)
                return new Step { IsLost = true };
            if (reply.Status is HttpStatusCode.Unauthorized or HttpStatusCode.Forbidden)
            {
                server.Health.Break($"{server.Address} rejects the key");
                return new Step { Last = Failed("The server rejects its key.", Blame.Engine), GoesOn = true };
            }
            if (reply.Job.Status is null && !reply.Job.IsCompleted) return Silent(id, $"status {(int)reply.Status}");
            silentSince = null;
            if (new FileInfo(inline).Length > 0) return new Step { Last = Output(inline) };
            if (reply.Job.IsFailed) return new Step { Last = JobFailed(reply.Job) };
            if (reply.Job.IsCompleted) return await FetchAsync(reply.Job, id, folder, cancel);
            return new Step { Id = id, Stage = StageOf(reply.Job), Percent = PercentOf(reply.Job) };
        }
        catch (Exception error) when (VideoServer.IsBroken(error))
        {
            return Silent(id, error.Message);
        }
    }

    /// <summary>A server may be restarting, and may still have the job afterwards.</summary>
    private Step Silent(string id, string reason)
    {
        var since = silentSince ??= server.Clock.GetTimestamp();
        if (server.Clock.GetElapsedTime(since) < server.Options.Silence) return new Step { Id = id };
        server.Health.Lose($"{server.Address} does not respond: {reason}");
        return new Step
        {
            Last = Failed($"The server did not respond for {server.Options.Silence.TotalSeconds:0} seconds.", Blame.Engine),
            GoesOn = true,
        };
    }

    /// <summary>A file call may fail for a moment after the job has completed.</summary>
    private async Task<Step> FetchAsync(ServerJob job, string id, Folder folder, CancellationToken cancel)
    {
        var path = folder.File("result-video");
        for (var tries = 1; ; tries++)
        {
            FetchProblem? problem;
            try
            {
                problem = await server.Client.FetchAsync(id, job, path, cancel);
            }
            catch (Exception error) when (VideoServer.IsBroken(error))
            {
                problem = new FetchProblem(error.Message, MayPass: true);
            }
            if (problem is null) return new Step { Last = Output(path) };
            if (!problem.MayPass || tries == MaxTries)
            {
                server.Log.VideoServerFailed(server.Address, number, problem.Reason);
                return new Step { Last = Failed("The server has no video of the finished job.", Blame.Engine) };
            }
            await server.PauseAsync(cancel);
        }
    }

    private static EngineEvent Output(string path) => VideoServerClient.IsVideo(path)
        ? new EngineEvent.Output(path)
        : Failed("The server's result is not a video.", Blame.Engine);

    /// <summary>The create call failed.</summary>
    private EngineEvent.Failed Rejected(ServerReply reply)
    {
        if (reply.Job.Code == Forwards.LoopCode) return JobFailed(reply.Job);
        switch (reply.Status)
        {
            case HttpStatusCode.Unauthorized or HttpStatusCode.Forbidden:
                server.Health.Break($"{server.Address} rejects the key");
                return NotTaken("The server rejects its key.");
            case HttpStatusCode.NotFound or HttpStatusCode.MethodNotAllowed:
                server.Health.Break(
                    $"{server.Address} has no call POST {server.File.Calls.Create}; is the engine file for another server?");
                return NotTaken("The server has no such call.");
            case HttpStatusCode.TooManyRequests or HttpStatusCode.ServiceUnavailable:
                server.Health.Lose($"the queue of {server.Address} is full, or it is not ready");
                return NotTaken("The server's queue is full.");
            case HttpStatusCode.BadRequest or HttpStatusCode.RequestEntityTooLarge or HttpStatusCode.UnprocessableEntity:
                // Until a job has succeeded there, the engine file may be the cause.
                return Failed(
                    $"The server refused the request: {words.Hide(reply.Job.Reason)}",
                    server.Health.Proofs > 0 ? Blame.Job : Blame.Engine);
            default:
                return JobFailed(reply.Job);
        }
    }

    private EngineEvent.Failed JobFailed(ServerJob job) =>
        // Every other attempt would go in the same circle.
        job.Code == Forwards.LoopCode ? new EngineEvent.Failed(new JobError(Forwards.LoopCode, Forwards.Loop), Blame.Job)
        : job.Reason.Contains("out of memory", StringComparison.OrdinalIgnoreCase)
            ? new EngineEvent.Failed(
                new JobError("out_of_memory", "The GPU has too little memory for this video; ask for a shorter or smaller one."),
                Blame.Engine)
            : Failed($"The server failed: {words.Hide(job.Reason)}", Blame.Engine);

    private static string StageOf(ServerJob job) => (job.Status ?? "running").Replace('_', ' ');

    /// <summary>100 is only reported with the video.</summary>
    private static int PercentOf(ServerJob job) => Math.Min(job.Progress, 99);

    private static EngineEvent.Failed NotTaken(string message) => Failed(message, Blame.Engine) with { NeverStarted = true };

    private static EngineEvent.Failed Failed(string message, Blame blame) => new(new JobError("engine_failed", message), blame);
}
