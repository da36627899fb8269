using System.Text.Json.Nodes;

namespace Rushes.Tests.Engines.Comfy;

/// <summary>One prompt told about and ended as an excerpt of a recording has it, under the id that it has here.</summary>
/// <param name="connected">Ends when the next socket comes.</param>
internal sealed class StubReplay(
    StubPrompt prompt, JsonNode excerpt, StubQueue queue, StubDraw draw, Func<StubSocket?> socket, Func<Task> connected,
    CancellationToken stop)
{
    private readonly JsonNode recorded = JsonNode.Parse(
        excerpt.ToJsonString().Replace((string)excerpt["prompt_id"]!, prompt.Id, StringComparison.Ordinal))!;
    private readonly Task askedTooSoon = queue.NextMiss();
    private bool ended;

    public async Task RunAsync()
    {
        try
        {
            // A client may be quicker with its prompt than the server with its socket.
            while (connected() is var next && socket() is null) await next.WaitAsync(stop);
            foreach (var line in recorded["told"]!.AsArray()) await PlayAsync(line!);
            End();
        }
        catch (OperationCanceledException)
        {
            // The server is at its end.
        }
    }

    private async Task PlayAsync(JsonNode line)
    {
        switch ((string?)line["then"])
        {
            case "reconnect":
                await ReplaceAsync(overlap: false);
                return;
            case "overlap":
                await ReplaceAsync(overlap: true);
                return;
        }
        if (socket() is not { } listening) return;
        if ((string?)line["picture"] is { } picture)
        {
            await listening.ShowAsync(Convert.FromHexString(picture));
            return;
        }
        var type = (string)line["type"]!;
        await listening.NotifyAsync(type, (JsonObject)line["data"]!.DeepClone());
        if (type != "execution_success") return;
        // History follows the success. Here it waits until someone who heard of it has asked in vain: by then all that was
        // told is heard.
        await askedTooSoon.WaitAsync(stop);
        End();
    }

    /// <summary>
    /// The socket ends when all that was told has been heard, and another one comes: before the server notices that end, or
    /// after it.
    /// </summary>
    private async Task ReplaceAsync(bool overlap)
    {
        var (first, second) = (socket()!, connected());
        if (overlap) first.Noticed = second;
        await first.CloseAsync();
        await second.WaitAsync(stop);
        await first.Closed.Task.WaitAsync(stop);
    }

    private void End()
    {
        if (ended) return;
        ended = true;
        var entry = (JsonObject)recorded["history"]!.DeepClone();
        foreach (var (_, output) in entry["outputs"]!.AsObject())
            foreach (var file in output!.AsObject().Select(key => key.Value).OfType<JsonArray>().SelectMany(files => files)
                .OfType<JsonObject>()) draw.Put(file);
        queue.End(prompt, entry);
    }
}
