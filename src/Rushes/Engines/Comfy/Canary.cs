using System.Text.Json.Nodes;

namespace Rushes.Engines.Comfy;

/// <summary>The result of a probe.</summary>
internal abstract record CanaryEnd
{
    private CanaryEnd() { }

    /// <param name="OnGpu">The probe ran on the server's GPU, if it has one.</param>
    public sealed record Made(bool OnGpu) : CanaryEnd;

    public sealed record Failed(string Reason) : CanaryEnd;

    /// <summary>The probe did not end: no thread of the server runs prompts.</summary>
    public sealed record Silent : CanaryEnd;

    /// <summary>Another prompt is running, so the probe would wait.</summary>
    public sealed record Behind : CanaryEnd;
}

/// <summary>A prompt that needs no model and almost no time, and uses the GPU if the server has the node for it.</summary>
internal static class Canary
{
    /// <summary>A built-in node of ComfyUI that moves its image to the GPU.</summary>
    private const string GpuNode = "ImageBlur";

    public static async Task<CanaryEnd> RunAsync(
        ComfyClient client, ServerProgress progress, ComfyOptions options, TimeProvider clock, CancellationToken cancel)
    {
        var id = Guid.NewGuid().ToString();
        using var own = progress.Own(id);
        var onGpu = await client.NodeAsync(GpuNode, cancel) is not null;
        if (await client.SubmitAsync(Graph(onGpu), id, Guid.NewGuid().ToString("N"), cancel) is { } refusal)
            return new CanaryEnd.Failed(refusal.Message);
        var start = clock.GetTimestamp();
        while (clock.GetElapsedTime(start) < options.CanaryWait)
        {
            if (await client.HistoryAsync(id, cancel) is { } entry)
            {
                await client.ForgetAsync(id, cancel);
                return entry.Succeeded
                    ? new CanaryEnd.Made(onGpu)
                    : new CanaryEnd.Failed(entry.Fault?.Message ?? "it gave no reason");
            }
            if ((await client.QueueAsync(cancel)).IsBehind(id))
            {
                await client.DropAsync(id, cancel);
                return new CanaryEnd.Behind();
            }
            await Task.Delay(options.Poll, clock, cancel);
        }
        await client.DropAsync(id, cancel);
        return new CanaryEnd.Silent();
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
