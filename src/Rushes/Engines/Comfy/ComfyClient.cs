using System.Net;
using System.Net.Http.Json;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace Rushes.Engines.Comfy;

/// <summary>
/// The HTTP interface of a server. If the server does not respond within seconds, calls throw the exceptions of <see
/// cref="IsAway"/>; a healthy server responds at once, even while it works.
/// </summary>
internal sealed class ComfyClient(HttpClient http, ComfyOptions options, TimeProvider clock)
{
    private readonly Lock gate = new();
    private long? silentSince;

    /// <summary>How long the server has not responded, since the first of the failed calls.</summary>
    public TimeSpan Silence
    {
        get
        {
            lock (gate) return silentSince is { } since ? clock.GetElapsedTime(since) : TimeSpan.Zero;
        }
    }

    public static bool IsAway(Exception error, CancellationToken cancel) =>
        error is HttpRequestException or IOException or JsonException
            || (error is OperationCanceledException && !cancel.IsCancellationRequested);

    /// <summary>The call did not reach a server.</summary>
    public static bool IsRejected(Exception error) => error is HttpRequestException
    {
        HttpRequestError: HttpRequestError.ConnectionError or HttpRequestError.NameResolutionError,
    };

    /// <summary>
    /// Null if the prompt was accepted, otherwise why not; a prompt that was accepted in part must be cancelled.
    /// </summary>
    /// <param name="graph">For this call only: it becomes part of the body.</param>
    public Task<Rejection?> SubmitAsync(JsonObject graph, string id, string clientId, CancellationToken cancel) =>
        CallAsync(async (_, stop) =>
        {
            var body = new JsonObject { ["prompt"] = graph, ["prompt_id"] = id, ["client_id"] = clientId };
            using var answer = await http.PostAsJsonAsync("prompt", body, stop);
            if (answer.StatusCode != HttpStatusCode.BadRequest) answer.EnsureSuccessStatusCode();
            var reply = await ReadAsync(answer, stop);
            var taken = answer.IsSuccessStatusCode;
            return taken && Rejection.IsNone(reply) ? null : Rejection.Of(reply, partly: taken);
        }, cancel);

    public async Task<QueueState> QueueAsync(CancellationToken cancel) => QueueState.Of(await GetAsync("queue", cancel));

    /// <summary>Null if it has not ended, or is unknown.</summary>
    public async Task<HistoryEntry?> HistoryAsync(string id, CancellationToken cancel) =>
        Part(await GetAsync($"history/{id}", cancel), id) is { } entry ? HistoryEntry.Of(entry) : null;

    /// <summary>Removes an ended prompt with its graph from the server's memory.</summary>
    public Task ForgetAsync(string id, CancellationToken cancel) =>
        PostAsync("history", new JsonObject { ["delete"] = new JsonArray(id) }, cancel);

    /// <summary>Cancels in one call, in newer servers. Returns false if the server has no such call.</summary>
    public Task<bool> CancelAsync(string id, CancellationToken cancel) => CallAsync(async (_, stop) =>
    {
        using var answer = await http.PostAsync(new Uri($"api/jobs/{id}/cancel", UriKind.Relative), null, stop);
        return answer.IsSuccessStatusCode;
    }, cancel);

    /// <summary>
    /// Removes it from the queue, and stops it if it runs. Old servers interrupt whatever runs, so they are asked only while
    /// it is this prompt.
    /// </summary>
    public async Task DropAsync(string id, CancellationToken cancel)
    {
        await PostAsync("queue", new JsonObject { ["delete"] = new JsonArray(id) }, cancel);
        if ((await QueueAsync(cancel)).Running.Contains(id))
            await PostAsync("interrupt", new JsonObject { ["prompt_id"] = id }, cancel);
    }

    /// <summary>Unloads all models.</summary>
    public Task FreeAsync(CancellationToken cancel) =>
        PostAsync("free", new JsonObject { ["unload_models"] = true, ["free_memory"] = true }, cancel);

    /// <summary>Uploads an image, audio or clip and returns its name on the server; null if it is too large.</summary>
    public Task<string?> UploadAsync(string path, string name, CancellationToken cancel) => CallAsync(async (moved, stop) =>
    {
        using var form = new MultipartFormDataContent();
        form.Add(new FileContent(path, moved), "image", name);
        form.Add(new StringContent(ComfyFolder.Name), "subfolder");
        using var answer = await http.PostAsync(new Uri("upload/image", UriKind.Relative), form, stop);
        if (answer.StatusCode == HttpStatusCode.RequestEntityTooLarge) return null;
        answer.EnsureSuccessStatusCode();
        var reply = await ReadAsync(answer, stop);
        var (given, subfolder) = Reply.Read(
            () => (reply.GetProperty("name").GetString()!, ComfyMessage.Text(reply, "subfolder")));
        return string.IsNullOrEmpty(subfolder) ? given : $"{subfolder}/{given}";
    }, cancel);

    /// <summary>Returns false if the server has no such file.</summary>
    public Task<bool> DownloadAsync(OutputFile file, string path, CancellationToken cancel) => CallAsync(async (moved, stop) =>
    {
        var (name, subfolder, type) =
            (Uri.EscapeDataString(file.Name), Uri.EscapeDataString(file.Subfolder), Uri.EscapeDataString(file.Type));
        using var answer = await http.GetAsync(
            new Uri($"view?filename={name}&subfolder={subfolder}&type={type}", UriKind.Relative),
            HttpCompletionOption.ResponseHeadersRead, stop);
        if (answer.StatusCode == HttpStatusCode.NotFound) return false;
        answer.EnsureSuccessStatusCode();
        await using var target = File.Create(path);
        await using var source = await answer.Content.ReadAsStreamAsync(stop);
        await FileContent.CopyAsync(source, target, moved, stop);
        return true;
    }, cancel);

    /// <summary>The server's description of a node class; null if it is not installed.</summary>
    public async Task<JsonElement?> NodeAsync(string type, CancellationToken cancel) =>
        Part(await GetAsync($"object_info/{Uri.EscapeDataString(type)}", cancel), type);

    /// <summary>The model files in a folder; empty if the server does not know the folder.</summary>
    public Task<IReadOnlyList<string>> ModelsAsync(string folder, CancellationToken cancel) => CallAsync(async (_, stop) =>
    {
        using var answer = await http.GetAsync(new Uri($"models/{Uri.EscapeDataString(folder)}", UriKind.Relative), stop);
        if (answer.StatusCode == HttpStatusCode.NotFound) return [];
        answer.EnsureSuccessStatusCode();
        return (IReadOnlyList<string>)(await answer.Content.ReadFromJsonAsync<string[]>(stop) ?? []);
    }, cancel);

    /// <summary>The server's description of itself.</summary>
    public Task<ServerFacts> FactsAsync(CancellationToken cancel) => CallAsync(async (_, stop) =>
    {
        using var answer = await http.GetAsync(new Uri("system_stats", UriKind.Relative), stop);
        return answer.IsSuccessStatusCode ? ServerFacts.Of(await ReadAsync(answer, stop)) : new ServerFacts(null, null, []);
    }, cancel);

    private Task<JsonElement> GetAsync(string path, CancellationToken cancel) => CallAsync(async (_, stop) =>
    {
        using var answer = await http.GetAsync(new Uri(path, UriKind.Relative), stop);
        answer.EnsureSuccessStatusCode();
        return await ReadAsync(answer, stop);
    }, cancel);

    private Task PostAsync(string path, JsonObject body, CancellationToken cancel) => CallAsync(async (_, stop) =>
    {
        using var answer = await http.PostAsJsonAsync(path, body, stop);
        return answer.EnsureSuccessStatusCode().StatusCode;
    }, cancel);

    /// <param name="call">Its argument is to be called after each piece of a file, which restarts the time limit.</param>
    private async Task<T> CallAsync<T>(Func<Action, CancellationToken, Task<T>> call, CancellationToken cancel)
    {
        var asked = clock.GetTimestamp();
        using var patience = new CancellationTokenSource(options.Call, clock);
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(cancel, patience.Token);
        try
        {
            var answer = await call(() => patience.CancelAfter(options.Call), stop.Token);
            lock (gate) silentSince = null;
            return answer;
        }
        catch (OperationCanceledException error) when (!cancel.IsCancellationRequested)
        {
            lock (gate) silentSince ??= asked;
            throw new HttpRequestException($"no answer within {options.Call.TotalSeconds:0.#} seconds", error);
        }
        catch (Exception error) when (IsAway(error, cancel))
        {
            lock (gate) silentSince ??= asked;
            throw;
        }
    }

    private static async Task<JsonElement> ReadAsync(HttpResponseMessage answer, CancellationToken cancel)
    {
        using var reply = PythonJson.Parse(await answer.Content.ReadAsByteArrayAsync(cancel));
        return reply.RootElement.Clone();
    }

    private static JsonElement? Part(JsonElement reply, string name) =>
        Reply.Read(() => reply.TryGetProperty(name, out var part) ? part : (JsonElement?)null);
}
