using System.Text.Json.Nodes;

namespace Rushes.Engines.Comfy;

/// <summary>A prompt that needs no model and takes no time: a server that does not finish it has no living worker thread.</summary>
internal static class Canary
{
    public static async Task<bool> SingsAsync(ComfyClient client, ComfyOptions options, TimeProvider clock, CancellationToken cancel)
    {
        var id = Guid.NewGuid().ToString();
        if (await client.SubmitAsync(Graph(), id, Guid.NewGuid().ToString("N"), cancel) is not null) return false;
        var start = clock.GetTimestamp();
        while (clock.GetElapsedTime(start) < options.CanaryWait)
        {
            if (await client.HistoryAsync(id, cancel) is { } entry)
            {
                await client.ForgetAsync(id, cancel);
                return entry.Succeeded;
            }
            await Task.Delay(options.Poll, clock, cancel);
        }
        await client.DropAsync(id, cancel);
        return false;
    }

    /// <summary>The colour differs each time, so that nothing is taken from a cache.</summary>
    private static JsonObject Graph() => new()
    {
        ["picture"] = new JsonObject
        {
            ["class_type"] = "EmptyImage",
            ["inputs"] = new JsonObject { ["width"] = 16, ["height"] = 16, ["batch_size"] = 1, ["color"] = Random.Shared.Next(0xFFFFFF) },
        },
        ["show"] = new JsonObject { ["class_type"] = "PreviewImage", ["inputs"] = new JsonObject { ["images"] = new JsonArray("picture", 0) } },
    };
}
