using System.Text.Json;

namespace Rushes.Bench.Peers;

/// <summary>The programs in bench/peers.</summary>
internal static class Node
{
    /// <summary>Fastify with BullMQ.</summary>
    public static Task<ServerProcess> BullMqAsync(ServerProcess redis) =>
        ServerProcess.StartAsync("node", [Script("bullmq.js"), "serve", Shown(redis)]);

    /// <summary>Runs one of them to its end; it prints JSON, if anything.</summary>
    public static async Task<JsonElement> RunAsync(string script, params string[] arguments)
    {
        var output = await ServerProcess.OutputAsync("node", [Script(script), .. arguments]);
        return output.Length == 0 ? default : JsonElement.Parse(output);
    }

    public static string Shown(ServerProcess redis) => redis.Address.AbsoluteUri;

    private static string Script(string name) => Path.Combine(Folders.Repository, "bench/peers", name);
}
