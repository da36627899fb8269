using System.Net;
using System.Net.Http.Headers;
using System.Text.Json;
using Rushes.Engines.Process;
using Rushes.Jobs;

namespace Rushes.Engines.SdServer;

/// <summary>One job on one server: sent, asked after, fetched. Whenever it ends early the server is started anew.</summary>
internal sealed class SdServerJob(SdServerChild child, ProgramRecipe recipe, HttpClient http, TimeSpan poll, TimeProvider clock)
{
    private static readonly TimeSpan LastBreath = TimeSpan.FromSeconds(5);

    /// <summary>Ends with an output or a failure.</summary>
    public async Task<EngineEvent> RunAsync(EngineJob job, VideoFormat drawn, IReadOnlyDictionary<string, string> media, string scratch, Action<OutputLine> onLine, CancellationToken cancel)
    {
        var state = await child.ReadyAsync(cancel);
        if (state is ServerState.Broken broken) return new EngineEvent.Failed(broken.Error, broken.Retryable);
        var server = (ServerState.Ready)state;
        var body = await SdServerRequest.MakeAsync(recipe, job, drawn, media, cancel);

        child.Listener = onLine;
        var left = true;
        try
        {
            var ended = await WorkAsync(server, body, new Folder(scratch).File("output.webm"), cancel);
            left = ended is null;
            return ended ?? Failed("The server works on and was started anew.", retryable: true);
        }
        catch (Exception error) when (error is HttpRequestException or IOException or JsonException or FormatException)
        {
            // A server that died has closed the connection a moment before we see it gone.
            await Task.WhenAny(server.Group.Ended, Task.Delay(LastBreath, clock, cancel));
            return server.Group.Ended.IsCompleted ? Crashed() : Failed("The server gave an answer that cannot be read.", retryable: true);
        }
        finally
        {
            child.Listener = null;
            if (left) await child.RestartAsync();
        }
    }

    /// <summary>Null: the server still works on something.</summary>
    private async Task<EngineEvent?> WorkAsync(ServerState.Ready server, byte[] body, string path, CancellationToken cancel)
    {
        using var content = new ByteArrayContent(body) { Headers = { ContentType = new MediaTypeHeaderValue("application/json") } };
        using var sent = await http.PostAsync(new Uri(server.Address, "sdcpp/v1/vid_gen"), content, cancel);
        var answer = await JsonSerializer.DeserializeAsync<JsonElement>(await sent.Content.ReadAsStreamAsync(cancel), cancellationToken: cancel);
        if (sent.StatusCode == HttpStatusCode.BadRequest) return Failed($"The server refused the request: {ErrorOf(answer)}", retryable: false);
        if (sent.StatusCode != HttpStatusCode.Accepted) return null;

        var job = new Uri(server.Address, $"sdcpp/v1/jobs/{Uri.EscapeDataString(IdOf(answer))}");
        while (true)
        {
            await Task.WhenAny(server.Group.Ended, Task.Delay(poll, clock, cancel));
            cancel.ThrowIfCancellationRequested();
            if (server.Group.Ended.IsCompleted) return Crashed();
            using var reply = await http.GetAsync(job, HttpCompletionOption.ResponseHeadersRead, cancel);
            if (reply.StatusCode != HttpStatusCode.OK) return null;
            var now = await SdServerReply.ReadAsync(await reply.Content.ReadAsStreamAsync(cancel), path, cancel);
            switch (StatusOf(now))
            {
                case "completed": return new FileInfo(path).Length > 0 ? new EngineEvent.Output(path) : Failed("The server ended without a video.", retryable: true);
                case "failed" or "cancelled": return Failed($"The server failed: {ErrorOf(now)}", retryable: true);
            }
        }
    }

    private EngineEvent.Failed Crashed() => Failed($"The server {recipe.Name} ended during the run and was started anew.", retryable: true);

    internal static string IdOf(JsonElement answer) => Reply.Read(() => answer.GetProperty("id").GetString()!);

    internal static string? StatusOf(JsonElement told) => Reply.Read(() => told.GetProperty("status").GetString());

    internal static string ErrorOf(JsonElement answer) => Reply.Read(() => ReadError(answer));

    private static string ReadError(JsonElement answer)
    {
        if (answer.ValueKind != JsonValueKind.Object || !answer.TryGetProperty("error", out var error)) return "it gave no reason.";
        if (error.ValueKind == JsonValueKind.Object && error.TryGetProperty("message", out var message)) error = message;
        return ProgramWords.Public(error.ToString());
    }

    private static EngineEvent.Failed Failed(string message, bool retryable) => new(new JobError("engine_failed", message), retryable);
}
