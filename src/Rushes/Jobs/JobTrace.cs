using System.Diagnostics;
using System.Text.Json;

namespace Rushes.Jobs;

/// <summary>
/// A job's life as spans of one trace, whichever processes it goes through: where they hang is kept with the job. While
/// nobody listens, or for a job whose request was not sampled, there are none and nothing is made. It knows no exporter.
/// </summary>
/// <remarks>Spans carry ids, names of the catalog's and codes; never a prompt, a medium, a link or a key.</remarks>
public static class JobTrace
{
    /// <summary>What listeners ask for.</summary>
    public const string Source = "Rushes";

    private static readonly ActivitySource source = new(Source);

    /// <summary>
    /// Where the parts of a job hang that is taken in now, as W3C's <c>traceparent</c>; null: it is not traced.
    /// </summary>
    public static string? Here => source.HasListeners() && Activity.Current is { Recorded: true } now ? now.Id : null;

    public static bool IsTraced(Job job) => job.Trace is not null && source.HasListeners();

    /// <summary>A part of a job's life, in any process.</summary>
    /// <param name="began">Now, if not given.</param>
    public static Activity? Part(Job job, string name, ActivityKind kind = ActivityKind.Internal, DateTimeOffset began = default)
    {
        // The parent is told even where it is this process': the job outlives it.
        if (!IsTraced(job) || !ActivityContext.TryParse(job.Trace, null, isRemote: true, out var parent)) return null;
        return source.StartActivity(name, kind, parent, startTime: began)?
            .SetTag("rushes.job.id", job.Id)
            .SetTag("rushes.model", job.Model);
    }

    /// <summary>A step within whatever goes on here; null when that is not traced.</summary>
    public static Activity? Step(string name, ActivityKind kind = ActivityKind.Internal) =>
        source.HasListeners() && Activity.Current is not null ? source.StartActivity(name, kind) : null;

    /// <param name="code">A word for programs, such as <c>engine_failed</c>.</param>
    public static void Fail(this Activity? span, string code) =>
        span?.SetStatus(ActivityStatusCode.Error).SetTag("error.type", code);

    public static void Fail(this Activity? span, Enum code) => span?.Fail(JsonNamingPolicy.SnakeCaseLower.ConvertName($"{code}"));
}
