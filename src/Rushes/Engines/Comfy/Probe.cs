using System.Text.Json.Nodes;

namespace Rushes.Engines.Comfy;

/// <summary>A prompt that needs no model and almost no time, and uses the GPU if the server has the node for it.</summary>
internal static class Probe
{
    /// <summary>A built-in node of ComfyUI that moves its image to the GPU.</summary>
    private const string GpuNode = "ImageBlur";

    public static async Task<ProbeResult> RunAsync(
        ComfyClient client, ServerProgress progress, ComfyOptions options, TimeProvider clock, CancellationToken cancel)
    {
        var id = Guid.NewGuid().ToString();
        using var own = progress.Own(id);
        var onGpu = await client.NodeAsync(GpuNode, cancel) is not null;
        if (await client.SubmitAsync(Graph(onGpu), id, Guid.NewGuid().ToString("N"), cancel) is { } rejection)
            return new ProbeResult.Failed(rejection.Message);
        var start = clock.GetTimestamp();
        while (clock.GetElapsedTime(start) < options.ProbeTimeout)
        {
            if (await client.HistoryAsync(id, cancel) is { } entry)
            {
                await client.ForgetAsync(id, cancel);
                return entry.Succeeded
                    ? new ProbeResult.Made(onGpu)
                    : new ProbeResult.Failed(entry.Fault?.Message ?? "it gave no reason");
            }
            if ((await client.QueueAsync(cancel)).IsBehind(id))
            {
                await client.DropAsync(id, cancel);
                return new ProbeResult.BehindOthers();
            }
            await Task.Delay(options.Poll, clock, cancel);
        }
        await client.DropAsync(id, cancel);
        return new ProbeResult.NoAnswer();
    }

    /// <summary>The color differs each time, so that the result is not cached.</summary>
    private static JsonObject Graph(bool onGpu)
    {
        var graph = new JsonObject
        {
            ["picture"] = Node(
                "EmptyImage", ("width", 16), ("height", 16), ("batch_size", 1), ("color", Random.Shared.Next(0xFFFFFF))),
            ["show"] = Node("PreviewImage", ("images", new JsonArray(onGpu ? "blur" : "picture", 0))),
        };
        if (onGpu) graph["blur"] = Node(GpuNode, ("image", new JsonArray("picture", 0)), ("blur_radius", 1), ("sigma", 1.0));
        return graph;
    }

    private static JsonObject Node(string type, params ReadOnlySpan<(string Name, JsonNode Value)> inputs)
    {
        var values = new JsonObject();
        foreach (var (name, value) in inputs) values[name] = value;
        return new JsonObject { ["class_type"] = type, ["inputs"] = values };
    }
}
