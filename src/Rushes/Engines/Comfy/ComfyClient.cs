using System.Net;
using System.Net.Http.Json;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace Rushes.Engines.Comfy;

/// <summary>
/// One server's HTTP interface. It knows no jobs. A server that is away shows as <see cref="IsAway"/>'s exceptions.
/// </summary>
internal sealed class ComfyClient(HttpClient http)
{
    public static bool IsAway(Exception error, CancellationToken cancel) =>
        error is HttpRequestException or IOException or JsonException
            || (error is OperationCanceledException && !cancel.IsCancellationRequested);

    /// <summary>Null: taken. Otherwise why not; a prompt of which parts were taken is to be cancelled.</summary>
    /// <param name="graph">Of this call alone: it goes into the body as it is.</param>
    public async Task<Refusal?> SubmitAsync(JsonObject graph, string id, string clientId, CancellationToken cancel)
    {
        var body = new JsonObject { ["prompt"] = graph, ["prompt_id"] = id, ["client_id"] = clientId };
        using var answer = await http.PostAsJsonAsync("prompt", body, cancel);
        if (answer.StatusCode != HttpStatusCode.BadRequest) answer.EnsureSuccessStatusCode();
        var told = await answer.Content.ReadFromJsonAsync<JsonElement>(cancel);
        var taken = answer.IsSuccessStatusCode;
        return taken && Refusal.IsNone(told) ? null : Refusal.Of(told, partly: taken);
    }

    public async Task<QueueState> QueueAsync(CancellationToken cancel)
    {
        var told = await http.GetFromJsonAsync<JsonElement>("queue", cancel);
        return QueueState.Of(told);
    }

    /// <summary>Null: not ended, or not known.</summary>
    public async Task<HistoryEntry?> HistoryAsync(string id, CancellationToken cancel)
    {
        var told = await http.GetFromJsonAsync<JsonElement>($"history/{id}", cancel);
        return Part(told, id) is { } entry ? HistoryEntry.Of(entry) : null;
    }

    /// <summary>Removes an ended prompt, with its whole graph, from the server's memory.</summary>
    public async Task ForgetAsync(string id, CancellationToken cancel) =>
        await PostAsync("history", new JsonObject { ["delete"] = new JsonArray(id) }, cancel);

    /// <summary>Asks newer servers to cancel in one step. False: this server has no such call.</summary>
    public async Task<bool> CancelAsync(string id, CancellationToken cancel)
    {
        using var answer = await http.PostAsync(new Uri($"api/jobs/{id}/cancel", UriKind.Relative), null, cancel);
        return answer.IsSuccessStatusCode;
    }

    /// <summary>Takes it out of the queue, and stops it if it runs; never anyone else's.</summary>
    public async Task DropAsync(string id, CancellationToken cancel)
    {
        await PostAsync("queue", new JsonObject { ["delete"] = new JsonArray(id) }, cancel);
        await PostAsync("interrupt", new JsonObject { ["prompt_id"] = id }, cancel);
    }

    /// <summary>Has it unload every model.</summary>
    public Task FreeAsync(CancellationToken cancel) =>
        PostAsync("free", new JsonObject { ["unload_models"] = true, ["free_memory"] = true }, cancel);

    /// <summary>
    /// Puts a picture, sound or clip there and gives what the server calls it; null when it is too large for the server.
    /// </summary>
    public async Task<string?> UploadAsync(string path, string name, CancellationToken cancel)
    {
        using var form = new MultipartFormDataContent();
        await using var file = File.OpenRead(path);
        form.Add(new StreamContent(file), "image", name);
        form.Add(new StringContent("rushes"), "subfolder");
        using var answer = await http.PostAsync(new Uri("upload/image", UriKind.Relative), form, cancel);
        if (answer.StatusCode == HttpStatusCode.RequestEntityTooLarge) return null;
        answer.EnsureSuccessStatusCode();
        var told = await answer.Content.ReadFromJsonAsync<JsonElement>(cancel);
        var given = Reply.Read(() => told.GetProperty("name").GetString()!);
        return ComfyMessage.Text(told, "subfolder") is { Length: > 0 } subfolder ? $"{subfolder}/{given}" : given;
    }

    public async Task DownloadAsync(OutputFile file, string path, CancellationToken cancel)
    {
        var query =
            $"view?filename={Uri.EscapeDataString(file.Name)}&subfolder={Uri.EscapeDataString(file.Subfolder)}&type={Uri.EscapeDataString(file.Type)}";
        using var answer = await http.GetAsync(
            new Uri(query, UriKind.Relative), HttpCompletionOption.ResponseHeadersRead, cancel);
        answer.EnsureSuccessStatusCode();
        await using var target = File.Create(path);
        await answer.Content.CopyToAsync(target, cancel);
    }

    /// <summary>A class of nodes as the server describes it; null when it is not installed.</summary>
    public async Task<JsonElement?> NodeAsync(string type, CancellationToken cancel)
    {
        var told = await http.GetFromJsonAsync<JsonElement>($"object_info/{Uri.EscapeDataString(type)}", cancel);
        return Part(told, type);
    }

    /// <summary>Model files in a folder; none when the server does not know the folder.</summary>
    public async Task<IReadOnlyList<string>> ModelsAsync(string folder, CancellationToken cancel)
    {
        using var answer = await http.GetAsync(new Uri($"models/{Uri.EscapeDataString(folder)}", UriKind.Relative), cancel);
        if (answer.StatusCode == HttpStatusCode.NotFound) return [];
        answer.EnsureSuccessStatusCode();
        return await answer.Content.ReadFromJsonAsync<string[]>(cancel) ?? [];
    }

    /// <summary>What it says of itself.</summary>
    public async Task<ServerFacts> FactsAsync(CancellationToken cancel)
    {
        using var answer = await http.GetAsync(new Uri("system_stats", UriKind.Relative), cancel);
        return answer.IsSuccessStatusCode
            ? ServerFacts.Of(await answer.Content.ReadFromJsonAsync<JsonElement>(cancel))
            : new ServerFacts(null, null, []);
    }

    private async Task PostAsync(string path, JsonObject body, CancellationToken cancel)
    {
        using var answer = await http.PostAsJsonAsync(path, body, cancel);
        answer.EnsureSuccessStatusCode();
    }

    private static JsonElement? Part(JsonElement told, string name) =>
        Reply.Read(() => told.TryGetProperty(name, out var part) ? part : (JsonElement?)null);
}

/// <summary>Prompts by id.</summary>
internal sealed record QueueState(IReadOnlyList<string> Running, IReadOnlyList<string> Pending)
{
    public bool Holds(string id) => Running.Contains(id) || Pending.Contains(id);

    public static QueueState Of(JsonElement told) =>
        Reply.Read(() => new QueueState(Ids(told, "queue_running"), Ids(told, "queue_pending")));

    public bool SameAs(QueueState? other) =>
        other is not null && Running.SequenceEqual(other.Running) && Pending.Count == other.Pending.Count;

    private static string[] Ids(JsonElement queue, string part) =>
        queue.TryGetProperty(part, out var items) ? [.. items.EnumerateArray().Select(item => item[1].GetString()!)] : [];
}
