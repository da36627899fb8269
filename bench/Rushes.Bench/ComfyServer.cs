using System.Collections.Concurrent;
using System.Diagnostics;
using System.Globalization;
using System.Net.WebSockets;
using System.Text.Json.Nodes;
using System.Text;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Rushes.Tests.Engines.Comfy;

namespace Rushes.Bench;

/// <summary>
/// As many servers as are asked for, by the first part of the path, that speak as ComfyUI does, run one prompt at a time and take
/// a given time for each. They make the same file every time: a video if one is given, otherwise a few bytes.
/// </summary>
internal static class ComfyServer
{
    public static async Task RunAsync(int milliseconds, string? path)
    {
        var video = path is null ? new byte[64 << 10] : await File.ReadAllBytesAsync(path);
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.UseUrls("http://127.0.0.1:0");
        await using var app = builder.Build();
        app.UseWebSockets();
        var slots = new ConcurrentDictionary<string, Slot>();
        var runs = new ConcurrentBag<ComfyRun>();
        Slot Of(string slot) => slots.GetOrAdd(slot, _ => new Slot(milliseconds));

        app.MapGet("/runs", () => Results.Json(runs.ToArray()));
        var server = app.MapGroup("/{slot}");
        server.MapGet("/object_info/{type}", (string type) => Json(StubNodes.Describe(type, [])));
        server.MapGet("/models/{folder}", () => Json(new JsonArray()));
        server.MapGet("/system_stats", () => Json(new JsonObject { ["devices"] = new JsonArray() }));
        server.MapGet("/queue", (string slot) => Json(Of(slot).Queue()));
        server.MapGet("/history/{id}", (string slot, string id) => Json(Of(slot).History(id)));
        server.MapPost("/history", async (string slot, HttpRequest request) =>
        {
            foreach (var id in (await ReadAsync(request))["delete"]!.AsArray()) Of(slot).Forget((string)id!);
            return Results.Ok();
        });
        server.MapGet("/view", () => Results.Bytes(video, "video/mp4"));
        server.MapPost("/upload/image", async (HttpRequest request) =>
        {
            var form = await request.ReadFormAsync();
            return Json(new JsonObject { ["name"] = form.Files[0].FileName, ["subfolder"] = "rushes", ["type"] = "input" });
        }).DisableAntiforgery();
        server.MapPost("/prompt", async (string slot, HttpRequest request) =>
        {
            var body = await ReadAsync(request);
            // As "rushes/7-...": the job's number.
            var run = new ComfyRun
            {
                Job = int.Parse(Prefix(body["prompt"]!.AsObject()).Split('/')[1].Split('-')[0], CultureInfo.InvariantCulture),
            };
            runs.Add(run);
            Of(slot).Start(run, (string)body["prompt_id"]!, (string)body["client_id"]!, body["prompt"]!.AsObject());
            return Json(
                new JsonObject { ["prompt_id"] = (string)body["prompt_id"]!, ["number"] = 1,
                    ["node_errors"] = new JsonObject() });
        });
        server.Map("/ws", async (string slot, HttpContext http) =>
        {
            using var socket = await http.WebSockets.AcceptWebSocketAsync();
            await Of(slot).StayAsync(http.Request.Query["clientId"].ToString(), socket, http.RequestAborted);
        });
        await app.StartAsync();
        Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"ComfyUI on {app.Urls.First()}"));
        await app.WaitForShutdownAsync();
    }

    private static async Task<JsonObject> ReadAsync(HttpRequest request) =>
        (JsonObject)(await JsonNode.ParseAsync(request.Body))!;

    private static IResult Json(JsonNode node) => Results.Text(node.ToJsonString(), "application/json");

    private static string Prefix(JsonObject graph) =>
        graph.Select(node => (string?)node.Value!["inputs"]!["filename_prefix"]).First(prefix => prefix is not null)!;

    /// <summary>One server's memory.</summary>
    private sealed class Slot(int milliseconds)
    {
        /// <summary>Completes when the prompts before have ended.</summary>
        private Task free = Task.CompletedTask;
        private readonly ConcurrentDictionary<string, JsonObject> pending = new();
        private readonly ConcurrentDictionary<string, JsonObject> running = new();
        private readonly ConcurrentDictionary<string, JsonObject> history = new();
        private readonly ConcurrentDictionary<string, WebSocket> sockets = new();

        public JsonObject Queue() => new()
        {
            ["queue_running"] = Items(running), ["queue_pending"] = Items(pending),
        };

        private static JsonArray Items(ConcurrentDictionary<string, JsonObject> prompts) => [.. prompts.Select(
            prompt => (JsonNode)new JsonArray(1, prompt.Key, prompt.Value.DeepClone(), new JsonObject(), new JsonArray()))];

        public JsonObject History(string id) =>
            history.TryGetValue(id, out var entry) ? new JsonObject { [id] = entry.DeepClone() } : [];

        public void Forget(string id) => history.TryRemove(id, out _);

        public void Start(ComfyRun run, string id, string client, JsonObject graph)
        {
            pending[id] = graph;
            var done = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
            _ = CarryOutAsync(Interlocked.Exchange(ref free, done.Task), done, run, id, client, graph);
        }

        public async Task StayAsync(string client, WebSocket socket, CancellationToken disconnected)
        {
            sockets[client] = socket;
            var buffer = new byte[4096];
            try
            {
                while ((await socket.ReceiveAsync(buffer.AsMemory(), disconnected)).MessageType != WebSocketMessageType.Close) { }
            }
            catch (Exception error) when (error is WebSocketException or OperationCanceledException or IOException)
            {
                // It left.
            }
            sockets.TryRemove(client, out _);
        }

        private async Task CarryOutAsync(
            Task turn, TaskCompletionSource done, ComfyRun run, string id, string client, JsonObject graph)
        {
            await turn;
            // A busy machine's clock rings late, and that is the server's time too.
            var start = Stopwatch.GetTimestamp();
            run.Began = Stopwatch.GetElapsedTime(0, start).TotalMilliseconds;
            running[id] = graph;
            pending.TryRemove(id, out _);
            await NotifyAsync(client, "execution_start", id, []);
            if (milliseconds > 0) await Task.Delay(milliseconds);
            run.Milliseconds = Stopwatch.GetElapsedTime(start).TotalMilliseconds;
            var output = graph.First(node => node.Value!["inputs"]!["filename_prefix"] is not null).Key;
            history[id] = new JsonObject
            {
                ["prompt"] = new JsonArray(),
                ["status"] = new JsonObject { ["status_str"] = "success", ["completed"] = true, ["messages"] = new JsonArray() },
                ["outputs"] = new JsonObject
                {
                    [output] = new JsonObject
                    {
                        ["images"] = new JsonArray(
                            new JsonObject { ["filename"] = "a.mp4", ["subfolder"] = "rushes", ["type"] = "output" }),
                    },
                },
            };
            running.TryRemove(id, out _);
            done.SetResult();
            await NotifyAsync(client, "execution_success", id, []);
            await NotifyAsync(client, "executing", id, new JsonObject { ["node"] = null });
        }

        private async Task NotifyAsync(string client, string type, string id, JsonObject data)
        {
            if (!sockets.TryGetValue(client, out var socket)) return;
            data["prompt_id"] = id;
            try
            {
                await socket.SendAsync(
                    Encoding.UTF8.GetBytes(new JsonObject { ["type"] = type, ["data"] = data }.ToJsonString()),
                    WebSocketMessageType.Text, true, CancellationToken.None);
            }
            catch (Exception error)
                when (error is WebSocketException or ObjectDisposedException or OperationCanceledException or IOException)
            {
                // Whom it was for has left.
            }
        }
    }
}

/// <summary>One prompt, as a server took it.</summary>
internal sealed record ComfyRun
{
    public int Job { get; init; }

    /// <summary>That the server took for it.</summary>
    public double Milliseconds { get; set; }

    /// <summary>By the server's own clock, in milliseconds.</summary>
    public double Began { get; set; }

    public double Ended => Began + Milliseconds;
}
