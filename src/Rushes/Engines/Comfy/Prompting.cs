using Microsoft.Extensions.Logging;
using System.Text.Json.Nodes;

namespace Rushes.Engines.Comfy;

/// <summary>The result of one submission of a graph.</summary>
internal abstract record Outcome
{
    private Outcome() { }

    public sealed record Ended(string Prompt, HistoryEntry Entry) : Outcome;

    public sealed record Rejected(Rejection Why) : Outcome;

    /// <summary>It is neither queued nor in the history: the server was restarted or its queue was cleared.</summary>
    public sealed record Lost(string Prompt) : Outcome;

    public sealed record Stalled(string Prompt) : Outcome;

    public sealed record Away(string Prompt) : Outcome;

    /// <summary>No server could be reached, so the graph was never sent.</summary>
    public sealed record NeverSent : Outcome;
}

/// <summary>
/// Sends a graph with its own id and follows it until it ends. Progress comes from the socket; the end only from the queue
/// and the history.
/// </summary>
internal sealed class Prompting(
    ComfyClient client, ComfySockets sockets, ServerProgress progress, EngineHealth health, ComfyOptions options,
    TimeProvider clock, ILogger log)
{
    private readonly ServerWords words = new(health.Name);

    /// <param name="heard">Called with the socket's messages about this prompt.</param>
    public async Task<Outcome> RunAsync(JsonObject graph, string id, Action<ComfyMessage> heard, CancellationToken cancel)
    {
        using var wake = new Wake();
        using var own = progress.Own(id);
        var socket = await sockets.TakeAsync();
        try
        {
            await socket.HearAsync(message =>
            {
                // Progress of other clients' prompts shows that the server works, too.
                if (message.Prompt is not null || message is ComfyMessage.Preview) progress.Report();
                if (message.Prompt is { } about && about != id) return;
                heard(message);
                if (message is ComfyMessage.Ended) wake.End();
            }).WaitAsync(cancel);
            try
            {
                if (await client.SubmitAsync(graph, id, socket.ClientId, cancel) is { } rejection)
                {
                    if (rejection.Partly) await StopAsync(id);
                    return new Outcome.Rejected(rejection);
                }
            }
            catch (Exception error) when (ComfyClient.IsAway(error, cancel))
            {
                health.Lose(words.Silent(error));
                if (ComfyClient.IsRejected(error)) return new Outcome.NeverSent();
                // It may have been accepted; the queue and the history show it.
                wake.Look();
            }
            return await AttendAsync(id, wake, heard, cancel);
        }
        catch (OperationCanceledException) when (cancel.IsCancellationRequested)
        {
            await StopAsync(id);
            throw;
        }
        finally
        {
            await sockets.ReturnAsync(socket);
        }
    }

    private async Task<Outcome> AttendAsync(string id, Wake wake, Action<ComfyMessage> heard, CancellationToken cancel)
    {
        var start = clock.GetTimestamp();
        var signs = new QueueSigns(id, start, progress, heard);
        for (var missed = 0; ;)
        {
            await using (clock.CreateTimer(_ => wake.Look(), null, options.Poll, Timeout.InfiniteTimeSpan))
                await wake.WaitAsync(cancel);
            try
            {
                // After a message about its end, the history usually has it. Otherwise the queue first, because a prompt that
                // ends in between is then in the history.
                if (wake.TakeEnd() && await client.HistoryAsync(id, cancel) is { } ended) return new Outcome.Ended(id, ended);
                var queue = await client.QueueAsync(cancel);
                health.Answer();
                if (signs.Read(queue)) health.Occupy(words.BusyWithOthers);
                else health.Release();
                if (queue.Holds(id)) missed = 0;
                else if (await client.HistoryAsync(id, cancel) is { } entry) return new Outcome.Ended(id, entry);
                else if (++missed == 2) return new Outcome.Lost(id);
            }
            catch (Exception error) when (ComfyClient.IsAway(error, cancel))
            {
                health.Lose(words.Silent(error));
                if (client.Silence <= options.Away) continue;
                progress.Stick(id);
                return new Outcome.Away(id);
            }
            if (clock.GetElapsedTime(Math.Max(start, progress.Last)) <= options.Stall) continue;
            progress.Stick(id);
            health.Break(words.Stalled(options.Stall));
            await StopAsync(id);
            return new Outcome.Stalled(id);
        }
    }

    /// <summary>
    /// Cancels a prompt and checks that it stopped. It may finish its current step first, or start between two calls, so
    /// older servers are asked until the prompt has ended.
    /// </summary>
    private async Task StopAsync(string id)
    {
        using var limit = new CancellationTokenSource(options.CancelWait, clock);
        try
        {
            var cancelled = await client.CancelAsync(id, limit.Token);
            while (true)
            {
                if (!cancelled) await client.DropAsync(id, limit.Token);
                if (!(await client.QueueAsync(limit.Token)).Holds(id)) break;
                await Task.Delay(options.Poll / 4, clock, limit.Token);
            }
            await client.ForgetAsync(id, limit.Token);
        }
        catch (Exception error) when (error is OperationCanceledException || ComfyClient.IsAway(error, limit.Token))
        {
            log.ComfyCancelUnconfirmed(options.Server, id);
        }
    }
}
