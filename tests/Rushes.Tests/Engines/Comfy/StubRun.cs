using System.Collections.Concurrent;
using System.Text;
using System.Text.Json.Nodes;

namespace Rushes.Tests.Engines.Comfy;

/// <summary>Runs a prompt and sends messages in the order of the recordings.</summary>
/// <param name="connected">Ends when the next socket comes.</param>
/// <param name="gpuBroken">Whether everything that computes on the GPU fails.</param>
internal sealed class StubRun(
    StubPrompt prompt, StubQueue queue, StubDraw draw, ConcurrentDictionary<string, JsonObject> cache, Func<StubSocket?> socket,
    Func<Task> connected,
    Func<bool> gpuBroken, CancellationToken stop)
{
    private static readonly byte[] Jpeg = [0xFF, 0xD8, 0xFF, 0xE0, .. new byte[400], 0xFF, 0xD9];

    private readonly JsonObject states = [];
    private bool deafened;

    public async Task RunAsync()
    {
        try
        {
            await CarryOutAsync();
        }
        catch (OperationCanceledException)
        {
            if (!stop.IsCancellationRequested)
                await EndAsync("execution_interrupted", new JsonObject { ["node_id"] = "x" }, "error", []);
        }
        catch (Exception error)
        {
            // The job fails with the reason, instead of running for ever.
            await EndAsync("execution_error", Fault(prompt.Graph.First().Key, error.GetType().Name, error.Message), "error", []);
        }
    }

    private async Task CarryOutAsync()
    {
        var output = prompt.Graph.Single(node => IsOutput(node.Value!)).Key;
        await NotifyAsync("execution_start", []);
        var text = prompt.Graph.ToJsonString();
        if (cache.TryGetValue(text, out var known))
        {
            await NotifyAsync(
                "execution_cached",
                new JsonObject { ["nodes"] = new JsonArray([.. prompt.Graph.Select(node => (JsonNode)node.Key)]) });
            await EndAsync("execution_success", [], "success", known);
            return;
        }
        await NotifyAsync("execution_cached", new JsonObject { ["nodes"] = new JsonArray() });
        switch (prompt.Fate)
        {
            case Fate.Hang:
                using (var end = CancellationTokenSource.CreateLinkedTokenSource(stop, prompt.Interrupt.Token))
                    await Task.Delay(Timeout.Infinite, end.Token).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
                return;
            case Fate.Interrupted:
                throw new OperationCanceledException();
        }

        var outputs = new JsonObject();
        foreach (var id in Order(output))
        {
            prompt.Interrupt.Token.ThrowIfCancellationRequested();
            var node = prompt.Graph[id]!;
            await StateAsync(id, 0, 1, "running");
            await NotifyAsync("executing", new JsonObject { ["node"] = id });
            if (gpuBroken() && ((string?)node["class_type"] == "ImageBlur" || node["inputs"]!["steps"] is not null))
            {
                await EndAsync(
                    "execution_error",
                    Fault(id, "torch.AcceleratorError", "CUDA error: an illegal memory access was encountered\n"), "error", []);
                return;
            }
            if ((int?)node["inputs"]!["steps"] is { } steps && !await SampleAsync(id, steps)) return;
            if (id == output && !prompt.IsProbe) outputs[id] = await draw.MakeAsync(prompt.Graph, id, stop);
            if (id == output)
                await NotifyAsync("executed", new JsonObject { ["node"] = id, ["output"] = outputs[id]?.DeepClone() });
            await StateAsync(id, 1, 1, "finished");
        }
        cache[text] = outputs;
        await EndAsync("execution_success", [], "success", outputs);
    }

    /// <summary>False if the prompt was removed.</summary>
    private async Task<bool> SampleAsync(string id, int steps)
    {
        for (var step = 1; step <= steps; step++)
        {
            await StateAsync(id, step, steps, "running");
            await ShowAsync(id);
            await NotifyAsync("progress", new JsonObject { ["value"] = step, ["max"] = steps, ["node"] = id });
            switch (prompt.Fate)
            {
                case Fate.DropSocket when step == 1:
                    socket()?.Abort();
                    break;
                case Fate.Deafen when step == 1 && !deafened:
                    deafened = true;
                    if (socket() is { } hearing)
                    {
                        hearing.Deaf = true;
                        // The rest waits for a socket that hears.
                        while (connected() is var next && socket() is null or { Deaf: true }) await next.WaitAsync(stop);
                    }
                    break;
                case Fate.Restart:
                    queue.Restart();
                    socket()?.Abort();
                    return false;
                case Fate.OutOfMemory:
                    await EndAsync(
                        "execution_error",
                        Fault(
                            id, "torch.OutOfMemoryError", "Allocation on device 0 would exceed allowed memory. (out of memory)"),
                        "error", []);
                    return false;
                case Fate.Break:
                    await EndAsync(
                        "execution_error", Fault(id, "RuntimeError", "cannot read '/opt/ComfyUI/models/vae/x.safetensors'\n"),
                        "error", []);
                    return false;
                case Fate.Crawl:
                    for (; ; step = 1)
                    {
                        await queue.NextLook().WaitAsync(prompt.Interrupt.Token);
                        await NotifyAsync("progress", new JsonObject { ["value"] = step, ["max"] = steps, ["node"] = id });
                    }
                case Fate.StopSlowly:
                    await Task.Delay(Timeout.Infinite, prompt.Interrupt.Token).ConfigureAwait(
                        ConfigureAwaitOptions.SuppressThrowing);
                    for (var look = 0; look < 3; look++) await queue.NextLook().WaitAsync(stop);
                    prompt.Interrupt.Token.ThrowIfCancellationRequested();
                    break;
                case Fate.Linger:
                    await Task.Delay(Timeout.Infinite, prompt.Interrupt.Token);
                    break;
            }
            if (StubDraw.Frames(prompt.Graph) > 400) await Task.Delay(Timeout.Infinite, prompt.Interrupt.Token);
        }
        return true;
    }

    private JsonObject Fault(string id, string exception, string message) => new()
    {
        ["node_id"] = id, ["node_type"] = (string?)prompt.Graph[id]!["class_type"], ["exception_type"] = exception,
        ["exception_message"] = message,
        ["traceback"] = new JsonArray("  File \"/opt/ComfyUI/execution.py\", line 542, in execute\n"),
    };

    private async Task EndAsync(string what, JsonObject about, string status, JsonObject outputs)
    {
        about["prompt_id"] = prompt.Id;
        var entry = new JsonObject
        {
            ["prompt"] = prompt.Item, ["outputs"] = outputs.DeepClone(),
            ["status"] = new JsonObject
            {
                ["status_str"] = status, ["completed"] = status == "success",
                ["messages"] = new JsonArray(
                    new JsonArray("execution_start", new JsonObject()), new JsonArray(what, about.DeepClone())),
            },
        };
        await NotifyAsync(what, about);
        queue.End(prompt, entry);
        await NotifyAsync("executing", new JsonObject { ["node"] = null });
    }

    private Task StateAsync(string id, double value, double max, string state)
    {
        states[id] = new JsonObject
        {
            ["value"] = value, ["max"] = max, ["state"] = state, ["node_id"] = id, ["prompt_id"] = prompt.Id,
        };
        return NotifyAsync("progress_state", new JsonObject { ["nodes"] = states.DeepClone() });
    }

    private async Task NotifyAsync(string type, JsonObject data)
    {
        data["prompt_id"] = prompt.Id;
        if (socket() is { } listening) await listening.NotifyAsync(type, (JsonObject)data.DeepClone());
    }

    private async Task ShowAsync(string node)
    {
        if (socket() is not { } listening) return;
        if (!listening.DescribesPreviews)
        {
            await listening.ShowAsync([0, 0, 0, 1, 0, 0, 0, 1, .. Jpeg]);
            return;
        }
        var about = Encoding.UTF8.GetBytes(
            new JsonObject { ["node_id"] = node, ["prompt_id"] = prompt.Id, ["image_type"] = "image/jpeg" }.ToJsonString());
        await listening.ShowAsync([0, 0, 0, 4, 0, 0, 0, (byte)about.Length, .. about, .. Jpeg]);
    }

    /// <summary>Nodes that the output needs, each after what it takes from.</summary>
    private List<string> Order(string output)
    {
        var order = new List<string>();
        void Visit(string id)
        {
            if (order.Contains(id)) return;
            foreach (var (_, input) in prompt.Graph[id]!["inputs"]!.AsObject())
                if (input is JsonArray { Count: 2 } link) Visit((string)link[0]!);
            order.Add(id);
        }
        Visit(output);
        return order;
    }

    private static bool IsOutput(JsonNode node) =>
        (string?)node["class_type"] is "SaveVideo" or "SaveAudio" or "PreviewImage" or "VHS_VideoCombine";
}
