using System.Collections.Concurrent;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using System.Threading.Channels;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;

namespace Rushes.Tests.Engines.Comfy;

/// <summary>
/// A server that speaks ComfyUI's HTTP and WebSocket as recordings of a real one do, makes real files with ffmpeg, and fails
/// on demand.
/// </summary>
internal sealed partial class ComfyStub : IAsyncDisposable
{
    private readonly WebApplication app;
    private readonly StubQueue queue = new();
    private readonly StubDraw draw = new();
    private readonly Channel<bool> bell = Channel.CreateUnbounded<bool>();
    private readonly ConcurrentDictionary<string, StubSocket> sockets = new();
    private readonly ConcurrentDictionary<string, Task> arriving = new();
    private TaskCompletionSource connected = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly ConcurrentBag<StubSocket> opened = [];
    private readonly ConcurrentDictionary<string, JsonObject> cache = new();
    private readonly CancellationTokenSource stop = new();
    private readonly Task working;

    private ComfyStub(WebApplication app)
    {
        this.app = app;
        app.UseWebSockets();
        app.Use(NoteAsync);
        Map();
        working = WorkAsync();
    }

    public Uri Url => new(app.Urls.First());

    /// <summary>The fates of the next prompts; later ones succeed.</summary>
    public ConcurrentQueue<Fate> Fates { get; } = new();

    /// <summary>Excerpts of recordings that are played for the next prompts, one each, whatever those draw.</summary>
    public ConcurrentQueue<JsonNode> Excerpts { get; } = new();

    /// <summary>As newer servers have it.</summary>
    public bool CancelsByJob { get; init; }

    /// <summary>Classes of nodes and names of model files that are not installed.</summary>
    public HashSet<string> Missing { get; } = [];

    /// <summary>Nodes as a recording describes them; null: those of the shipped workflows.</summary>
    public JsonObject? Described { get; set; }

    /// <summary>The command line that it reports.</summary>
    public IReadOnlyList<string> Arguments { get; set; } = [];

    /// <summary>Queued prompts are no longer taken, while HTTP answers.</summary>
    public bool Dead { get; set; }

    /// <summary>As after an illegal memory access: everything on the GPU fails until the server is restarted.</summary>
    public bool GpuBroken { get; set; }

    /// <summary>Connections are closed without a response.</summary>
    public bool Away { get; set; }

    /// <summary>Connections are accepted but never answered.</summary>
    public bool Hung { get; set; }

    /// <summary>As old servers do: an interrupt stops whatever runs, whichever prompt it names.</summary>
    public bool InterruptsWhateverRuns { get; set; }

    /// <summary>Downloads of results fail.</summary>
    public bool LosesFiles { get; set; }

    /// <summary>Responses contain NaN and Infinity, which are not JSON.</summary>
    public bool WritesNaN { get; set; }

    /// <summary>False: every file is larger than the server takes.</summary>
    public bool Uploads { get; set; } = true;

    /// <summary>Every call as <c>POST /prompt</c>.</summary>
    public ConcurrentQueue<string> Calls { get; } = new();

    public ConcurrentQueue<StubPrompt> Prompts { get; } = new();

    /// <summary>Paths of the files that it was sent, oldest first.</summary>
    public ConcurrentQueue<string> Uploaded => draw.Uploaded;

    public ConcurrentQueue<string> Interrupts { get; } = new();

    public ConcurrentQueue<string> ClientIds { get; } = new();

    public ConcurrentBag<string> Origins { get; } = [];

    /// <summary>Told at each look at the queue.</summary>
    public Channel<bool> Looks { get; } = Channel.CreateUnbounded<bool>();

    public int Remembered => queue.Remembered;

    public JsonObject Queue => queue.Queue();

    public static async Task<ComfyStub> StartAsync(CancellationToken cancel, bool cancelsByJob = false)
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.UseUrls("http://127.0.0.1:0");
        var stub = new ComfyStub(builder.Build()) { CancelsByJob = cancelsByJob };
        await stub.app.StartAsync(cancel);
        return stub;
    }

    public void Restart()
    {
        GpuBroken = false;
        queue.Restart();
    }

    /// <summary>Another client's prompt, as a queue has it. Once begun it runs until it is interrupted.</summary>
    public void Add(JsonNode item)
    {
        queue.Add(
            new StubPrompt((string)item[1]!, (string)item[3]!["client_id"]!, (JsonObject)item[2]!.DeepClone(), Fate.Linger)
                { Number = item[0]! });
        bell.Writer.TryWrite(true);
    }

    /// <summary>Ends the prompt of another client.</summary>
    public void End(string id) => queue.Interrupt(id);

    /// <summary>Stops listening.</summary>
    public Task StopAsync() => app.StopAsync();

    public void TearSockets()
    {
        foreach (var socket in opened) socket.Abort();
    }

    public async ValueTask DisposeAsync()
    {
        await stop.CancelAsync();
        queue.Restart();
        bell.Writer.TryComplete();
        foreach (var socket in opened) socket.Abort();
        await working;
        await app.DisposeAsync();
        foreach (var socket in opened) socket.Dispose();
        draw.Dispose();
    }

    private void Map()
    {
        app.MapGet("/object_info/{type}", (string type) => Json(
            Described is null ? StubNodes.Describe(
                type, Missing) : Described[type] is { } node ? new JsonObject { [type] = node.DeepClone() } : []));
        app.MapGet("/models/{folder}", () => Json(new JsonArray()));
        app.MapGet("/system_stats", () => Json(new JsonObject
        {
            ["system"] = new JsonObject { ["argv"] = new JsonArray([.. Arguments.Select(word => (JsonNode)word)]) },
            ["devices"] = new JsonArray(
                new JsonObject { ["name"] = "cuda:0 NVIDIA RTX Stub : cudaMallocAsync", ["type"] = "cuda",
                    ["vram_total"] = 24L << 30 }),
        }));
        app.MapGet("/queue", () =>
        {
            Looks.Writer.TryWrite(true);
            return Json(queue.Queue());
        });
        app.MapGet("/history/{id}", (string id) => Json(queue.History(id)));
        app.MapPost("/history", async (HttpRequest request) => Each(await ReadAsync(request), "delete", queue.Forget));
        app.MapPost(
            "/queue", async (HttpRequest request) => Each(await ReadAsync(request), "delete", id => { queue.Delete(id); }));
        app.MapPost("/free", () => Results.Ok());
        app.MapPost("/interrupt", async (HttpRequest request) =>
        {
            var id = (string?)(await ReadAsync(request))["prompt_id"];
            Interrupts.Enqueue(id ?? "everything");
            queue.Interrupt(InterruptsWhateverRuns ? null : id);
            return Results.Ok();
        });
        app.MapPost("/api/jobs/{id}/cancel", (string id) => CancelsByJob
            ? Json(new JsonObject { ["cancelled"] = queue.Delete(id) || queue.Interrupt(id) })
            : Results.Text("405: Method Not Allowed", statusCode: 405));
        app.MapPost("/prompt", SubmitAsync);
        app.MapPost("/upload/image", (HttpRequest request) => Uploads
            ? Excerpts.TryPeek(out var next) && next["upload"] is { } given
                ? Task.FromResult(Json(given))
                : draw.TakeAsync(request)
            : Task.FromResult(Results.Text("Maximum request body size 104857600 exceeded.", statusCode: 413)));
        app.MapGet(
            "/view",
            (string filename, string subfolder) => !LosesFiles && draw.Find(subfolder, filename) is { } path ? Results.File(
                path, "application/octet-stream", enableRangeProcessing: true) : Results.NotFound());
        app.Map("/ws", ListenAsync);
    }

    private async Task NoteAsync(HttpContext http, RequestDelegate next)
    {
        if (Away)
        {
            http.Abort();
            return;
        }
        if (Hung)
            await Task.Delay(Timeout.Infinite, http.RequestAborted).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        Calls.Enqueue($"{http.Request.Method} {http.Request.Path}");
        if (http.Request.Headers.Origin.Count > 0) Origins.Add(http.Request.Headers.Origin.ToString());
        await next(http);
    }

    private async Task<IResult> SubmitAsync(HttpRequest request)
    {
        var body = await ReadAsync(request);
        var id = (string)body["prompt_id"]!;
        if (!Canonical().IsMatch(id)) return Json(Errors.BadId, 400);
        var graph = (JsonObject)body["prompt"]!.DeepClone();
        var canary = graph.Any(node => (string?)node.Value!["class_type"] == "EmptyImage");
        var fate = !canary && Fates.TryDequeue(out var next) ? next : Fate.Run;
        if (fate == Fate.Rejected) return Json(Errors.NotInList, 400);
        var excerpt = !canary && Excerpts.TryDequeue(out var recorded) ? recorded : null;
        if (excerpt is null && draw.Problem(graph) is { } problem) return Json(problem, 400);

        var prompt = new StubPrompt(id, (string)body["client_id"]!, graph, fate, excerpt);
        // A client may be quicker with its prompt than this server with its socket, which a real one has when it accepts it.
        if (arriving.TryGetValue(prompt.ClientId, out var arrived)) await arrived.WaitAsync(stop.Token);
        Prompts.Enqueue(prompt);
        queue.Add(prompt);
        bell.Writer.TryWrite(true);
        if (fate == Fate.AnswerLost) request.HttpContext.Abort();
        return Json(
            new JsonObject { ["prompt_id"] = id, ["number"] = 1, ["node_errors"] = fate == Fate.TakenPartly
                ? Errors.OfOneNode : [] });
    }

    private async Task ListenAsync(HttpContext http)
    {
        var id = http.Request.Query["clientId"].ToString();
        ClientIds.Enqueue(id);
        if (sockets.GetValueOrDefault(id) is { Leaves: true } before) await before.Closed.Task.WaitAsync(stop.Token);
        var arrival = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        arriving[id] = arrival.Task;
        StubSocket socket;
        try
        {
            socket = new StubSocket(await http.WebSockets.AcceptWebSocketAsync());
            opened.Add(socket);
            sockets[id] = socket;
        }
        finally
        {
            arrival.SetResult();
        }
        Interlocked.Exchange(ref connected, new(TaskCreationOptions.RunContinuationsAsynchronously)).SetResult();
        await socket.NotifyAsync(
            "status",
            new JsonObject
                { ["status"] = new JsonObject { ["exec_info"] = new JsonObject { ["queue_remaining"] = 0 } }, ["sid"] = id });
        await socket.StayAsync(stop.Token);
        await socket.Noticed.WaitAsync(stop.Token).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        // As the real one does: whichever socket has the name now loses it.
        sockets.TryRemove(id, out _);
        socket.Closed.SetResult();
    }

    private async Task WorkAsync()
    {
        await foreach (var _ in bell.Reader.ReadAllAsync(CancellationToken.None))
            while (!Dead && !stop.IsCancellationRequested && queue.Take() is { } prompt)
                await (prompt.Excerpt is { } excerpt
                    ? new StubReplay(prompt, excerpt, queue, draw, Socket(prompt), Connected, stop.Token).RunAsync()
                    : new StubRun(prompt, queue, draw, cache, Socket(prompt), Connected, () => GpuBroken, stop.Token).RunAsync());
    }

    private Func<StubSocket?> Socket(StubPrompt prompt) => () => sockets.GetValueOrDefault(prompt.ClientId);

    private Task Connected() => Volatile.Read(ref connected).Task;

    private static async Task<JsonObject> ReadAsync(HttpRequest request) =>
        (JsonObject)(await JsonNode.ParseAsync(request.Body))!;

    private static IResult Each(JsonObject body, string part, Action<string> act)
    {
        foreach (var id in body[part]!.AsArray()) act((string)id!);
        return Results.Ok();
    }

    private IResult Json(JsonNode node, int status = 200)
    {
        var text = node.ToJsonString();
        if (WritesNaN && node is JsonObject { Count: > 0 })
            text = $"{text[..^1]},\"said\":\"a \\\"NaN\",\"least\":[NaN,-Infinity]}}";
        return Results.Text(text, "application/json", statusCode: status);
    }

    [GeneratedRegex("^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$")]
    private static partial Regex Canonical();

    private static class Errors
    {
        public static JsonNode BadId => JsonNode.Parse(
            """{"error":{"type":"invalid_prompt_id","message":"prompt_id must be a valid"""
                + """ UUID","details":""},"node_errors":{}}""")!;

        public static JsonObject OfOneNode => (JsonObject)JsonNode.Parse(
            """{"save":{"errors":[{"type":"value_not_in_list","message":"Value not in list","details":"format: 'avi' not in"""
                + """ ['auto', 'mp4']","extra_info":{}}],"dependent_outputs":["save"],"class_type":"SaveVideo"}}""")!;

        public static JsonNode NotInList => new JsonObject
        {
            ["error"] = new JsonObject
            {
                ["type"] = "prompt_outputs_failed_validation", ["message"] = "Prompt outputs failed validation", ["details"] = "",
            },
            ["node_errors"] = JsonNode.Parse(
                """{"unet":{"errors":[{"type":"exception_during_inner_validation","message":"Exception when validating"""
                    + """ inner node","details":"'/opt/ComfyUI/models/x.safetensors' is gone","extra_info":{"traceback":["File"""
                    + """ \"/opt/ComfyUI/execution.py\""]}}],"class_type":"UNETLoader"}}"""),
        };
    }
}
