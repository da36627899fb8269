using System.Diagnostics;
using Microsoft.AspNetCore.Http.Features;
using OpenTelemetry;
using Rushes.Jobs;

namespace Rushes.Server.Otlp;

/// <summary>
/// Keeps the spans of requests that belong to a trace: a client's, a worker's, or one of ours that began in them. Whoever asks
/// how a job stands, or for a job, makes no trace of it.
/// </summary>
internal sealed class WebRequests : BaseProcessor<Activity>
{
    /// <summary>What ASP.NET's spans are told by.</summary>
    public const string Source = "Microsoft.AspNetCore";

    private const string Kept = nameof(Kept);

    /// <summary>What ASP.NET's spans do not tell: which route it was, and what came of it.</summary>
    public static async Task DescribeAsync(HttpContext http, RequestDelegate next)
    {
        var span = http.Features.Get<IHttpActivityFeature>()?.Activity;
        await next(http);
        if (span is not { IsAllDataRequested: true }) return;
        if ((http.GetEndpoint() as RouteEndpoint)?.RoutePattern.RawText is { } route)
        {
            span.DisplayName = $"{http.Request.Method} {route}";
            span.SetTag("http.route", route);
        }
        span.SetTag("http.response.status_code", http.Response.StatusCode);
        if (http.Response.StatusCode >= 500) span.Fail($"{http.Response.StatusCode}");
    }

    public override void OnStart(Activity data)
    {
        if (data.Source.Name == JobTrace.Source && data.Parent is { Source.Name: Source } request) request.SetCustomProperty(Kept, Kept);
    }

    public override void OnEnd(Activity data)
    {
        // The exporter comes after this, and passes over what is not recorded.
        if (data is { Source.Name: Source, HasRemoteParent: false } && data.GetCustomProperty(Kept) is null) data.ActivityTraceFlags &= ~ActivityTraceFlags.Recorded;
    }
}
