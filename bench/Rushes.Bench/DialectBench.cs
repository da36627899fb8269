using System.Globalization;
using Rushes.Bench.Load;

namespace Rushes.Bench;

/// <summary>What a create costs in each API: the gateway's processor time, against the queue API.</summary>
internal static class DialectBench
{
    /// <summary>Most that a create may cost, as a multiple of the queue API's.</summary>
    private const double MaxRatio = 1.3;

    /// <summary>
    /// PROMPT stands for a text that fills the body up to 1 KB. Pixazo's API and that for agents take no such request.
    /// </summary>
    private static readonly (string Name, string Path, string Scheme, string Body)[] Dialects =
    [
        (
            "queue", "/queue/wan22-fast-t2v", "Bearer",
            """{"width": 832, "height": 480, "duration": 5, "seed": 7, "prompt": "PROMPT"}"""),
        (
            "fal", "/fal-ai/wan/v2.2-a14b/text-to-video", "Key",
            """{"aspect_ratio": "16:9", "resolution": "480p", "num_frames": 81, "seed": 7, "prompt": "PROMPT"}"""),
        (
            "kie", "/api/v1/jobs/createTask", "Bearer",
            """
            {"model": "wan/2-2-a14b-text-to-video-turbo", "input": {"resolution": "480p", "seed": 7, "prompt": "PROMPT"}}
            """),
        (
            "OpenAI", "/v1/videos", "Bearer",
            """{"model": "wan22-fast-t2v", "size": "832x480", "seconds": "5", "seed": 7, "prompt": "PROMPT"}"""),
        (
            "Replicate", "/v1/models/rushes/wan22-fast-t2v/predictions", "Bearer",
            """{"input": {"size": "832x480", "duration": 5, "seed": 7, "prompt": "PROMPT"}}"""),
        (
            "OpenRouter", "/api/v1/videos", "Bearer",
            """{"model": "rushes/wan22-fast-t2v", "size": "832x480", "duration": 5, "seed": 7, "prompt": "PROMPT"}"""),
    ];

    public static async Task<IEnumerable<Row>> RunAsync(Plan plan, Folders disk)
    {
        await using var gateway = await ServerProcess.GatewayAsync(disk.New());

        async Task<double> CostAsync((string Name, string Path, string Scheme, string Body) dialect, int seconds)
        {
            var before = gateway.Processor;
            var load = await Wrk.RunAsync(
                gateway.Address, seconds, "post", dialect.Path, ServerProcess.Key, dialect.Scheme, dialect.Body.Trim());
            return (gateway.Processor - before).TotalSeconds / (load.Rate * seconds);
        }

        foreach (var dialect in Dialects) await CostAsync(dialect, plan.WarmUp);
        Side[] sides =
            [.. Dialects.Select(dialect => new Side(dialect.Name, Microseconds, () => CostAsync(dialect, plan.Seconds)))];
        await Rounds.RunAsync("dialects", plan.Rounds, sides);
        return sides[1..].Select(side => Row.OfCosts($"processor of a create, {side.Name} API", side, sides[0], MaxRatio));
    }

    private static string Microseconds(double seconds) => string.Create(CultureInfo.InvariantCulture, $"{seconds * 1e6:0} µs");
}
