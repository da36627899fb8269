using Microsoft.Extensions.Logging;
using System.Text.Json.Nodes;

namespace Rushes.Engines.Comfy;

/// <summary>How one submission of a graph came out.</summary>
internal abstract record Outcome
{
    private Outcome() { }

    public sealed record Ended(string Prompt, HistoryEntry Entry) : Outcome;

    public sealed record Refused(Refusal Why) : Outcome;

    /// <summary>It is neither queued nor in history: the server was restarted or its queue cleared.</summary>
    public sealed record Lost(string Prompt) : Outcome;

    public sealed record Stalled(string Prompt) : Outcome;

    public sealed record Away(string Prompt) : Outcome;
}

/// <summary>
/// Sends a graph under an id of its own and looks after it until it ends. The socket tells progress; the end is read from
/// queue and history alone.
/// </summary>
internal sealed class Prompting(
    ComfyClient client, ComfySockets sockets, ServerProgress progress, EngineHealth health, ComfyOptions options,
    TimeProvider clock, ILogger log)
{
    /// <param name="heard">What the socket tells about this prompt.</param>
    public async Task<Outcome> RunAsync(JsonObject graph, string id, Action<ComfyMessage> heard, CancellationToken cancel)
    {
        using var wake = new Wake();
        var socket = await sockets.TakeAsync();
        try
        {
            await socket.HearAsync(message =>
            {
                if (message.Prompt is { } about && about != id) return;
                if (message.Prompt is not null || message is ComfyMessage.Preview) progress.Report();
                heard(message);
                if (message is ComfyMessage.Ended) wake.End();
            }).WaitAsync(cancel);
            try
            {
                if (await client.SubmitAsync(graph, id, socket.ClientId, cancel) is { } refusal)
                {
                    if (refusal.Partly) await StopAsync(id);
                    return new Outcome.Refused(refusal);
                }
            }
            catch (Exception error) when (ComfyClient.IsAway(error, cancel))
            {
                // It may have been taken all the same: queue and history tell, at once.
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
        var told = start;
        long? away = null;
        QueueState? last = null;
        for (var missed = 0; ;)
        {
            await using (clock.CreateTimer(_ => wake.Look(), null, options.Poll, Timeout.InfiniteTimeSpan)) await wake.WaitAsync(cancel);
            try
            {
                // Told that it ended, history mostly has it. Otherwise queue first: a prompt that ends in between is then
                // found there.
                if (wake.TakeEnd() && await client.HistoryAsync(id, cancel) is { } ended) return new Outcome.Ended(id, ended);
                var queue = await client.QueueAsync(cancel);
                if (last is not null && !queue.SameAs(last)) progress.Report();
                last = queue;
                if (queue.Pending.Contains(id) && progress.Last > told)
                {
                    told = progress.Last;
                    heard(new ComfyMessage.Waiting(id));
                }
                if (queue.Holds(id)) missed = 0;
                else if (await client.HistoryAsync(id, cancel) is { } entry) return new Outcome.Ended(id, entry);
                else if (++missed == 2) return new Outcome.Lost(id);
                away = null;
            }
            catch (Exception error) when (ComfyClient.IsAway(error, cancel))
            {
                away ??= clock.GetTimestamp();
                if (clock.GetElapsedTime(away.Value) > options.Away)
                {
                    progress.Stick(id);
                    health.Lose($"{health.Name} stopped answering ({error.Message.TrimEnd('.')}): start it");
                    return new Outcome.Away(id);
                }
            }
            if (away is null && clock.GetElapsedTime(Math.Max(start, progress.Last)) > options.Stall)
            {
                progress.Stick(id);
                health.Break(
                    $"{health.Name} made no progress with a prompt for {options.Stall.TotalMinutes:0.#} minutes: restart it");
                await StopAsync(id);
                return new Outcome.Stalled(id);
            }
        }
    }

    /// <summary>
    /// Has the server give a prompt up and sees that it did. It may run to its next step first, or move from pending to
    /// running between two calls, so older servers are told again until it is gone.
    /// </summary>
    private async Task StopAsync(string id)
    {
        using var limit = new CancellationTokenSource(options.CancelWait, clock);
        try
        {
            var told = await client.CancelAsync(id, limit.Token);
            while (true)
            {
                if (!told) await client.DropAsync(id, limit.Token);
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
