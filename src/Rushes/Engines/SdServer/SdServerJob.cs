using System.Net;
using System.Net.Http.Headers;
using System.Text.Json;
using Microsoft.Extensions.Logging;
using Rushes.Engines.Process;
using Rushes.Jobs;

namespace Rushes.Engines.SdServer;

/// <summary>One job on one server: sent, polled and fetched. If it ends early, the server is restarted.</summary>
internal sealed class SdServerJob(
    SdServerChild child, ProgramRecipe recipe, RequestWords words, HttpClient http, TimeSpan poll, TimeProvider clock,
    ILogger log)
{
    private static readonly TimeSpan LastBreath = TimeSpan.FromSeconds(5);

    private volatile Fault? fault;
    private volatile bool isTaken;

    /// <summary>Returns an output or a failure.</summary>
    public async Task<EngineEvent> RunAsync(
        EngineJob job, VideoFormat rendered, IReadOnlyDictionary<string, string> media, string scratch, Action<OutputLine> onLine,
        CancellationToken cancel)
    {
        var state = await child.ReadyAsync(cancel);
        if (state is ServerState.Broken broken)
            return new EngineEvent.Failed(broken.Error, Blame.Engine) { NeverStarted = true };
        var server = (ServerState.Ready)state;
        var body = await SdServerRequest.MakeAsync(recipe, job, rendered, media, cancel);

        child.Words = words;
        child.Listener = line =>
        {
            fault ??= recipe.Faults.FirstOrDefault(known => words.Finds(known.Line, line.Text) is not null);
            onLine(line);
        };
        var left = true;
        try
        {
            var ended = await WorkAsync(server, body, new Folder(scratch).File("output.webm"), cancel);
            left = ended is null or EngineEvent.Failed { NeverStarted: true };
            return Logged(ended ?? Failed("The server was still working and was restarted.", Blame.Engine));
        }
        catch (HttpRequestException error) when (error.HttpRequestError == HttpRequestError.ConnectionError && !isTaken)
        {
            return Logged(NotTaken("could not be reached"));
        }
        catch (Exception error) when (error is HttpRequestException or IOException or JsonException or FormatException)
        {
            // The connection to a server that died closes shortly before its process has ended.
            await Task.WhenAny(server.Group.Ended, Task.Delay(LastBreath, clock, cancel));
            return Logged(
                server.Group.Ended.IsCompleted ? Crashed() : Failed(
                    "The server gave an answer that cannot be read.", Blame.Engine));
        }
        finally
        {
            child.Listener = null;
            if (left) await child.RestartAsync();
        }

        EngineEvent Logged(EngineEvent last)
        {
            if (last is not EngineEvent.Failed failed) return last;
            var printed = words.Hide(server.Group.Tail);
            log.ServerFailed(recipe.Name, job.Id, failed.Error.Message, printed);
            return failed with { Printed = ProgramCheck.Last(printed), Log = printed };
        }
    }

    /// <summary>Null: the server is still working.</summary>
    private async Task<EngineEvent?> WorkAsync(ServerState.Ready server, byte[] body, string path, CancellationToken cancel)
    {
        using var content = new ByteArrayContent(body)
        {
            Headers = { ContentType = new MediaTypeHeaderValue("application/json") },
        };
        using var sent = await http.PostAsync(new Uri(server.Address, "sdcpp/v1/vid_gen"), content, cancel);
        // Only this gateway uses the server, so it is busy with a job that was given up.
        if (sent.StatusCode is HttpStatusCode.Conflict or HttpStatusCode.TooManyRequests or HttpStatusCode.ServiceUnavailable)
            return NotTaken("was busy");
        var answer = await JsonSerializer.DeserializeAsync<JsonElement>(
            await sent.Content.ReadAsStreamAsync(cancel), cancellationToken: cancel);
        if (sent.StatusCode == HttpStatusCode.BadRequest)
            return Failed($"The server refused the request: {ErrorOf(answer)}", Blame.Job);
        if (sent.StatusCode != HttpStatusCode.Accepted) return null;

        isTaken = true;
        var job = new Uri(server.Address, $"sdcpp/v1/jobs/{Uri.EscapeDataString(IdOf(answer))}");
        while (true)
        {
            await Task.WhenAny(server.Group.Ended, Task.Delay(poll, clock, cancel));
            cancel.ThrowIfCancellationRequested();
            if (server.Group.Ended.IsCompleted) return Crashed();
            using var reply = await http.GetAsync(job, HttpCompletionOption.ResponseHeadersRead, cancel);
            if (reply.StatusCode != HttpStatusCode.OK) return null;
            var now = await VideoReply.ReadAsync(await reply.Content.ReadAsStreamAsync(cancel), path, cancel);
            switch (StatusOf(now))
            {
                case "completed": return new FileInfo(path).Length > 0
                    ? new EngineEvent.Output(path)
                    : Failed("The server ended without a video.", Blame.Engine);
                case "failed" or "cancelled": return fault is { } known
                    ? new EngineEvent.Failed(known.Error, known.Blame)
                    : Failed($"The server failed: {words.Hide(ErrorOf(now))}", Blame.Engine);
            }
        }
    }

    private EngineEvent.Failed NotTaken(string reason) =>
        Failed($"The server {recipe.Name} {reason} and is restarted.", Blame.Engine) with { NeverStarted = true };

    private EngineEvent.Failed Crashed() => fault is { } known
        ? new(known.Error, known.Blame)
        : Failed($"The server {recipe.Name} ended during the run and was restarted.", Blame.Engine);

    internal static string IdOf(JsonElement answer) => Reply.Read(() => answer.GetProperty("id").GetString()!);

    internal static string? StatusOf(JsonElement reply) => Reply.Read(() => reply.GetProperty("status").GetString());

    internal static string ErrorOf(JsonElement answer) => Reply.Read(() => ReadError(answer));

    private static string ReadError(JsonElement answer)
    {
        if (answer.ValueKind != JsonValueKind.Object || !answer.TryGetProperty("error", out var error))
            return "it gave no reason.";
        if (error.ValueKind == JsonValueKind.Object && error.TryGetProperty("message", out var message)) error = message;
        return ProgramWords.Public(error.ToString());
    }

    private static EngineEvent.Failed Failed(string message, Blame blame) => new(new JobError("engine_failed", message), blame);
}
