using System.Diagnostics;
using System.Text.Json;

namespace Rushes.Jobs;

/// <summary>
/// Records the life of a job as spans of one trace across processes. The parent of its spans is stored with the job. Without
/// listeners, or for a job whose request was not sampled, nothing is recorded.
/// </summary>
/// <remarks>Spans contain ids, names from the catalog and error codes; never a prompt, media, a URL or a key.</remarks>
public static class JobTrace
{
    /// <summary>The name of the activity source.</summary>
    public const string Source = "Rushes";

    private static readonly ActivitySource source = new(Source);

    /// <summary>The W3C <c>traceparent</c> to store with a job that is created now; null: it is not traced.</summary>
    public static string? Here => source.HasListeners() && Activity.Current is { Recorded: true } now ? now.Id : null;

    public static bool IsTraced(Job job) => job.Trace is not null && source.HasListeners();

    /// <summary>A span of a job, in any process.</summary>
    /// <param name="began">Null: now.</param>
    public static Activity? Part(Job job, string name, ActivityKind kind = ActivityKind.Internal, DateTimeOffset began = default)
    {
        // The parent is remote even if it is of this process, because the job outlives it.
        if (!IsTraced(job) || !ActivityContext.TryParse(job.Trace, null, isRemote: true, out var parent)) return null;
        return source.StartActivity(name, kind, parent, startTime: began)?
            .SetTag("rushes.job.id", job.Id)
            .SetTag("rushes.model", job.Model);
    }

    /// <summary>A span within the current one; null if nothing is traced.</summary>
    public static Activity? Step(string name, ActivityKind kind = ActivityKind.Internal) =>
        source.HasListeners() && Activity.Current is not null ? source.StartActivity(name, kind) : null;

    /// <param name="code">A stable identifier, such as <c>engine_failed</c>.</param>
    public static void Fail(this Activity? span, string code) =>
        span?.SetStatus(ActivityStatusCode.Error).SetTag("error.type", code);

    public static void Fail(this Activity? span, Enum code) => span?.Fail(JsonNamingPolicy.SnakeCaseLower.ConvertName($"{code}"));
}
