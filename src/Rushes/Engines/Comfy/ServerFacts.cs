using System.Text.Json;

namespace Rushes.Engines.Comfy;

/// <summary>A server's description of itself.</summary>
/// <param name="Gpu">The first GPU that it uses; null if it uses none.</param>
/// <param name="Arguments">Its command line; empty if it does not report it.</param>
internal sealed record ServerFacts(string? Version, Gpu? Gpu, IReadOnlyList<string> Arguments)
{
    /// <summary>Recommended arguments for the operator, one sentence each.</summary>
    public IEnumerable<string> Advice
    {
        get
        {
            if (Arguments.Count == 0) yield break;
            if (!Arguments.Contains("--disable-metadata"))
                yield return "it writes prompts into the files of its output folder; start it with --disable-metadata";
            // Without an address, the flag means all addresses.
            var at = Arguments.ToList().IndexOf("--listen");
            if (at >= 0 && IsEveryAddress(Arguments.ElementAtOrDefault(at + 1)))
                yield return "it listens on every address and has no passwords: any client that reaches its port can run "
                    + "programs there; start it with --listen 127.0.0.1, or keep it in a network of its own";
        }
    }

    private static bool IsEveryAddress(string? address) =>
        address is null || address.StartsWith("--", StringComparison.Ordinal)
            || address.Contains("0.0.0.0", StringComparison.Ordinal);

    public static ServerFacts Of(JsonElement reply) => Reply.Read(() => Read(reply));

    private static ServerFacts Read(JsonElement reply)
    {
        var system = reply.TryGetProperty("system", out var about) && about.ValueKind == JsonValueKind.Object ? about : default;
        var arguments = system.ValueKind == JsonValueKind.Object
            && system.TryGetProperty("argv", out var argv)
            && argv.ValueKind == JsonValueKind.Array
            ? argv.EnumerateArray().Select(word => word.ToString()).ToArray()
            : [];
        return new ServerFacts(ComfyMessage.Text(system, "comfyui_version"), GpuOf(reply), arguments);
    }

    private static Gpu? GpuOf(JsonElement reply)
    {
        if (!reply.TryGetProperty("devices", out var devices) || devices.ValueKind != JsonValueKind.Array
            || devices.GetArrayLength() == 0)
            return null;
        var first = devices[0];
        if (ComfyMessage.Text(first, "type") is null or "cpu" || ComfyMessage.Text(first, "name") is not { } name) return null;
        // Such as "cuda:0 NVIDIA GeForce RTX 4090 : cudaMallocAsync".
        var words = name.Split(" : ")[0];
        var space = words.IndexOf(' ', StringComparison.Ordinal);
        return new Gpu(
            words.Contains(':', StringComparison.Ordinal) && space > 0 ? words[(space + 1)..] : words,
            (long)ComfyMessage.Number(first, "vram_total") >> 20);
    }
}
