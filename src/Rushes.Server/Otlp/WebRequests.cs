using System.Diagnostics;
using OpenTelemetry;
using Rushes.Jobs;

namespace Rushes.Server.Otlp;

/// <summary>
/// Keeps the spans of requests that belong to a job's trace: those traced by a client or worker, and those in which one of
/// our spans started. Requests for a job's status or for work are not traced.
/// </summary>
internal sealed class WebRequests : BaseProcessor<Activity>
{
    /// <summary>The source of ASP.NET's spans.</summary>
    private const string Source = "Microsoft.AspNetCore";

    private const string Kept = nameof(Kept);

    public override void OnStart(Activity data)
    {
        if (data.Source.Name == JobTrace.Source && data.Parent is { Source.Name: Source } request)
            request.SetCustomProperty(Kept, Kept);
    }

    public override void OnEnd(Activity data)
    {
        // The exporter runs after this and skips activities that are not recorded.
        if (data is { Source.Name: Source, HasRemoteParent: false } && data.GetCustomProperty(Kept) is null)
            data.ActivityTraceFlags &= ~ActivityTraceFlags.Recorded;
    }
}
