using System.Collections.Concurrent;
using System.Globalization;
using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Nodes;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;

namespace Rushes.Tests.Engines.VideoServer;

/// <summary>What the stub does with a job.</summary>
internal enum Outcome
{
    Video,

    /// <summary>Answered with the error status 500 and the job as body.</summary>
    Failed,

    OutOfMemory,

    /// <summary>The create call is answered with 400.</summary>
    Rejected,

    /// <summary>The create call is answered with the error of a gateway that got the job too often.</summary>
    Circle,

    /// <summary>The create call is answered with 503.</summary>
    Full,

    /// <summary>The server is restarted while the job runs, and forgets it.</summary>
    Restart,

    /// <summary>Runs until it is stopped, or until <see cref="VideoServerStub.Finish"/> is called.</summary>
    Endless,

    NoVideo,

    /// <summary>The file arrives in small pieces.</summary>
    Pieces,

    /// <summary>The first response with the file stops in the middle.</summary>
    Stalls,
}

/// <summary>The API of a server, as its source has it.</summary>
internal enum ServerStyle
{
    /// <summary>DELETE stops a job, with 409 the first time, and forgets it.</summary>
    VllmOmni,

    /// <summary>DELETE only marks a job.</summary>
    LightX2v,

    /// <summary>The create call takes as long as the job; the result is in its response.</summary>
    LocalAi,
}

/// <summary>A video server over a real socket, which makes real files with ffmpeg at the size, length and seed of the request.
/// </summary>
internal sealed class VideoServerStub : IAsyncDisposable
{
    public const string Model = "Test/Model";

    /// <summary>As Go and Python write it: base64 is not escaped.</summary>
    private static readonly JsonSerializerOptions Plain = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    private readonly WebApplication app;
    private readonly ServerStyle style;
    private readonly TempFolder folder = new();
    private readonly ConcurrentDictionary<string, StubJob> jobs = new();
    private readonly CancellationTokenSource stop = new();
    private TaskCompletionSource finished = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly TaskCompletionSource stalled = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private int count, closed;

    private VideoServerStub(WebApplication app, ServerStyle style)
    {
        (this.app, this.style) = (app, style);
        app.Use(NoteAsync);
        Map();
    }

    public Uri Url => new(app.Urls.First());

    /// <summary>The outcomes of the next jobs; later ones get a video.</summary>
    public ConcurrentQueue<Outcome> Outcomes { get; } = new();

    /// <summary>The fields of every create call, as text; files by their content type.</summary>
    public ConcurrentQueue<Dictionary<string, string>> Requests { get; } = new();

    /// <summary>Every call as <c>DELETE /v1/videos/1</c>.</summary>
    public ConcurrentQueue<string> Calls { get; } = new();

    /// <summary>The Authorization headers of every call.</summary>
    public ConcurrentQueue<string> Keys { get; } = new();

    /// <summary>Calls without it are answered with 401; null: none is needed.</summary>
    public string? Key { get; set; }

    public string Served { get; set; } = Model;

    /// <summary>Where a finished job's JSON says that its video is; null: nowhere.</summary>
    public Uri? ResultUrl { get; set; }

    public static async Task<VideoServerStub> StartAsync(ServerStyle style, CancellationToken cancel)
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.UseUrls("http://127.0.0.1:0");
        var stub = new VideoServerStub(builder.Build(), style);
        await stub.app.StartAsync(cancel);
        return stub;
    }

    /// <summary>Create calls are answered when it completes; null: at once.</summary>
    public TaskCompletionSource? Created { get; set; }

    /// <summary>Completes when a response has stopped in the middle.</summary>
    public Task Stalled => stalled.Task;

    /// <summary>Lets endless jobs end.</summary>
    public void Finish() => finished.TrySetResult();

    public async ValueTask DisposeAsync()
    {
        if (Interlocked.Exchange(ref closed, 1) == 1) return;
        await stop.CancelAsync();
        await Task.WhenAll(jobs.Values.Select(job => job.Work)).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        await app.DisposeAsync();
        folder.Dispose();
        stop.Dispose();
    }

    private void Map()
    {
        app.MapGet("/health", () => Results.Ok());
        app.MapGet("/v1/models", () => Json(new JsonObject { ["data"] = new JsonArray(new JsonObject { ["id"] = Served }) }));
        switch (style)
        {
            case ServerStyle.VllmOmni:
                app.MapPost("/v1/videos", CreateAsync);
                app.MapGet("/v1/videos/{id}", Status);
                app.MapGet("/v1/videos/{id}/content", Content);
                app.MapDelete("/v1/videos/{id}", Delete);
                break;
            case ServerStyle.LightX2v:
                app.MapPost("/v1/tasks/video/", CreateAsync);
                app.MapGet("/v1/tasks/{id}/status", Status);
                app.MapGet("/v1/tasks/{id}/result", Content);
                app.MapDelete("/v1/tasks/{id}", () => Json(new JsonObject { ["stop_status"] = "do_nothing" }));
                break;
            default:
                app.MapPost("/video", HeldAsync);
                break;
        }
    }

    private Task NoteAsync(HttpContext http, RequestDelegate next)
    {
        Calls.Enqueue($"{http.Request.Method} {http.Request.Path}");
        Keys.Enqueue(http.Request.Headers.Authorization.ToString());
        // As vLLM's --api-key, which protects the calls below /v1 only.
        var isOpen = Key is null || !http.Request.Path.StartsWithSegments("/v1");
        if (isOpen || http.Request.Headers.Authorization == $"Bearer {Key}") return next(http);
        http.Response.StatusCode = StatusCodes.Status401Unauthorized;
        return Task.CompletedTask;
    }

    private async Task<IResult> CreateAsync(HttpRequest request)
    {
        var fields = await ReadAsync(request);
        var outcome = Outcomes.TryDequeue(out var next) ? next : Outcome.Video;
        if (outcome == Outcome.Rejected)
            return Json(
                new JsonObject { ["error"] = new JsonObject { ["message"] = "num_frames is not allowed in /srv/model" } }, 400);
        if (outcome == Outcome.Circle)
            return Json(new JsonObject { ["error"] = new JsonObject { ["code"] = "forward_loop", ["message"] = "" } }, 400);
        if (outcome == Outcome.Full) return Json(new JsonObject { ["detail"] = "Queue is full" }, 503);
        var job = new StubJob($"video_gen_{Interlocked.Increment(ref count)}", outcome, folder.Path);
        jobs[job.Id] = job;
        job.Work = RunAsync(job, fields);
        _ = job.Work.ContinueWith(
            _ => job.IsBroken = true, CancellationToken.None, TaskContinuationOptions.OnlyOnFaulted, TaskScheduler.Default);
        return Json(Show(job, isNew: true));
    }

    private async Task<IResult> HeldAsync(HttpRequest request)
    {
        var fields = await ReadAsync(request);
        var job = new StubJob($"{Interlocked.Increment(ref count)}", Outcome.Video, folder.Path);
        jobs[job.Id] = job;
        await (job.Work = RunAsync(job, fields));
        var data = new JsonObject { ["b64_json"] = Convert.ToBase64String(await File.ReadAllBytesAsync(job.Path)) };
        return Json(new JsonObject { ["created"] = 1, ["id"] = job.Id, ["data"] = new JsonArray(data) });
    }

    private async Task<Dictionary<string, string>> ReadAsync(HttpRequest request)
    {
        var fields = new Dictionary<string, string>();
        if (request.HasFormContentType)
        {
            var form = await request.ReadFormAsync();
            foreach (var (name, value) in form) fields[name] = value.ToString();
            foreach (var file in form.Files) fields[file.Name] = file.ContentType;
        }
        else
        {
            foreach (var (name, value) in (await JsonNode.ParseAsync(request.Body))!.AsObject())
                fields[name] = value!.ToString();
        }
        Requests.Enqueue(fields);
        if (Created is { } created) await created.Task.WaitAsync(stop.Token);
        return fields;
    }

    private async Task RunAsync(StubJob job, Dictionary<string, string> fields)
    {
        // The first look finds it running.
        if (style != ServerStyle.LocalAi) await job.Seen.Task.WaitAsync(stop.Token);
        if (job.Outcome == Outcome.Restart)
        {
            jobs.TryRemove(job.Id, out _);
            return;
        }
        if (job.Outcome == Outcome.Endless || Number(fields, "num_frames", "target_video_length") >= 700)
            await Task.WhenAny(
                finished.Task, job.Stopped.Task, Task.Delay(Timeout.Infinite, stop.Token),
                // A long job of a server that cannot stop jobs ends by itself.
                style == ServerStyle.LightX2v && job.Outcome != Outcome.Endless ? job.Old.Task : finished.Task);
        stop.Token.ThrowIfCancellationRequested();
        if (job.Outcome == Outcome.NoVideo) await File.WriteAllTextAsync(job.Path, "not a video");
        else if (!job.Stopped.Task.IsCompleted) await DrawAsync(job.Path, fields);
        job.IsRunning = false;
    }

    private async Task DrawAsync(string path, Dictionary<string, string> fields)
    {
        var (width, height) = (Number(fields, "width"), Number(fields, "height"));
        if (fields.TryGetValue("target_shape", out var shape) && JsonNode.Parse(shape) is JsonArray sides)
            (height, width) = ((int)sides[0]!, (int)sides[1]!);
        var frames = Math.Min(Number(fields, "num_frames", "target_video_length"), 200);
        var seed = Number(fields, "seed");
        var rate = Number(fields, "fps", "target_fps");
        var exit = await DrawnFiles.MakeAsync(
            [
                "-f", "lavfi", "-i", $"testsrc2=s={width}x{height}:r={rate},hue=h={seed * 40 % 360}", "-frames:v", $"{frames}",
                "-c:v", "libx264", "-preset", "ultrafast", "-pix_fmt", "yuv420p",
            ],
            path, stop.Token);
        if (!exit.Ok) throw new InvalidOperationException(exit.Errors);
    }

    private IResult Status(string id)
    {
        if (!jobs.TryGetValue(id, out var job)) return Json(new JsonObject { ["detail"] = "no such job" }, 404);
        job.Looks++;
        var shown = Show(job, isNew: false);
        if (job.Looks > 1) job.Seen.TrySetResult();
        if (job.Looks > 5) job.Old.TrySetResult();
        return Json(shown, !job.IsRunning && job.IsFailure ? 500 : 200);
    }

    private JsonObject Show(StubJob job, bool isNew)
    {
        var status = isNew ? "queued" : job.IsRunning ? "in_progress" : job.IsFailure ? "failed" : "completed";
        if (style == ServerStyle.LightX2v)
            return new JsonObject
            {
                ["task_id"] = job.Id,
                [isNew ? "task_status" : "status"] = isNew ? "pending" : job.IsRunning ? "processing" : status,
                ["error"] = job.IsFailure ? "failed in /srv/model" : "",
                ["progress"] = isNew ? 0 : 50,
            };
        var shown = new JsonObject { ["id"] = job.Id, ["object"] = "video", ["status"] = status, ["progress"] = isNew ? 0 : 50 };
        if (!job.IsRunning && job.IsFailure)
            shown["error"] = new JsonObject
            {
                ["code"] = "500",
                ["message"] = job.Outcome == Outcome.OutOfMemory ? "CUDA out of memory" : "failed in /srv/model",
            };
        if (!job.IsRunning && ResultUrl is { } url) shown["url"] = url.AbsoluteUri;
        return shown;
    }

    private IResult Content(string id)
    {
        if (!jobs.TryGetValue(id, out var job) || job.IsRunning || ResultUrl is not null) return Results.NotFound();
        return job.Outcome is Outcome.Pieces || (job.Outcome is Outcome.Stalls && !Stalled.IsCompleted)
            ? Results.Stream(target => SendPiecesAsync(job, target), "video/mp4")
            : Results.File(job.Path, "video/mp4");
    }

    private async Task SendPiecesAsync(StubJob job, Stream target)
    {
        var file = await File.ReadAllBytesAsync(job.Path, stop.Token);
        foreach (var piece in file.Chunk(file.Length / 8))
        {
            await target.WriteAsync(piece, stop.Token);
            await target.FlushAsync(stop.Token);
            if (job.Outcome != Outcome.Stalls) continue;
            stalled.SetResult();
            await Task.Delay(Timeout.Infinite, stop.Token);
        }
    }

    private IResult Delete(string id)
    {
        if (!jobs.TryGetValue(id, out var job)) return Json(new JsonObject { ["detail"] = "no such job" }, 404);
        if (job.IsRunning && job.Deletes++ == 0) return Json(new JsonObject { ["detail"] = "abort under way" }, 409);
        job.Stopped.TrySetResult();
        jobs.TryRemove(id, out _);
        return Json(new JsonObject { ["id"] = id, ["deleted"] = true });
    }

    private static int Number(Dictionary<string, string> fields, params string[] names) =>
        names.Select(name => fields.GetValueOrDefault(name)).FirstOrDefault(text => text is not null) is { } found
            ? (int)double.Parse(found, CultureInfo.InvariantCulture)
            : 0;

    private static IResult Json(JsonObject content, int status = 200) =>
        Results.Text(content.ToJsonString(Plain), "application/json", statusCode: status);
}

internal sealed class StubJob(string id, Outcome outcome, string folder)
{
    public string Id => id;

    public Outcome Outcome => outcome;

    public bool IsFailure => IsBroken || outcome is Outcome.Failed or Outcome.OutOfMemory;

    /// <summary>The stub itself failed: the job does not run for ever.</summary>
    public bool IsBroken
    {
        get;
        set => (field, IsRunning) = (value, false);
    }

    public string Path { get; } = System.IO.Path.Combine(folder, id + ".mp4");

    public volatile bool IsRunning = true;

    public int Looks { get; set; }

    public int Deletes { get; set; }

    public TaskCompletionSource Seen { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);

    /// <summary>It was looked at several times.</summary>
    public TaskCompletionSource Old { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);

    public TaskCompletionSource Stopped { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);

    public Task Work { get; set; } = Task.CompletedTask;
}
