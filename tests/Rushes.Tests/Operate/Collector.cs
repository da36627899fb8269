using System.Collections.Concurrent;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;
using Xunit;

namespace Rushes.Tests.Operate;

/// <summary>An OTLP collector over HTTP that keeps all spans and the latest metrics.</summary>
internal sealed class Collector : IAsyncDisposable
{
    private readonly ConcurrentQueue<Span> spans = new();
    private readonly ConcurrentDictionary<string, double> metrics = new();
    private readonly WebApplication app;

    private Collector(WebApplication app) => this.app = app;

    public string Url => app.Urls.First();

    /// <summary>The spans since the last call, ordered by start.</summary>
    public List<Span> Take()
    {
        var taken = new List<Span>();
        while (spans.TryDequeue(out var span)) taken.Add(span);
        return [.. taken.OrderBy(span => span.Start)];
    }

    /// <summary>Values by name and labels, such as <c>name{label="value"}</c>; the count of a histogram.</summary>
    public IReadOnlyDictionary<string, double> Metrics => metrics;

    public static async Task<Collector> StartAsync()
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.UseUrls("http://127.0.0.1:0");
        var app = builder.Build();
        var collector = new Collector(app);
        app.MapPost("/v1/traces", async (HttpContext http, CancellationToken cancel) =>
        {
            foreach (var span in Spans(await ReadAsync(http, cancel))) collector.spans.Enqueue(span);
        });
        app.MapPost("/v1/metrics", async (HttpContext http, CancellationToken cancel) =>
        {
            foreach (var (name, value) in Points(await ReadAsync(http, cancel))) collector.metrics[name] = value;
        });
        await app.StartAsync(TestContext.Current.CancellationToken);
        return collector;
    }

    public ValueTask DisposeAsync() => app.DisposeAsync();

    private static async Task<ProtoMessage> ReadAsync(HttpContext http, CancellationToken cancel)
    {
        using var body = new MemoryStream();
        await http.Request.Body.CopyToAsync(body, cancel);
        return new ProtoMessage(body.ToArray());
    }

    // Numbers of opentelemetry.proto.collector.trace.v1.ExportTraceServiceRequest and what is in it.
    private static IEnumerable<Span> Spans(ProtoMessage request) =>
        from resource in request.Messages(1)
        let service = Attributes(resource.Message(1).Messages(1))["service.name"]
        from scope in resource.Messages(2)
        from span in scope.Messages(2)
        select new Span(
            service, span.Hex(1), span.Hex(2), span.Hex(4), span.Text(5), span.Number(7), span.Number(8),
            Attributes(span.Messages(9)),
            span.Has(15) && span.Message(15).Number(3) == 2);

    // And of opentelemetry.proto.collector.metrics.v1.ExportMetricsServiceRequest: a metric is a gauge (5), a sum (7) or a
    // histogram (9).
    private static IEnumerable<(string Name, double Value)> Points(ProtoMessage request) =>
        from resource in request.Messages(1)
        from scope in resource.Messages(2)
        from metric in scope.Messages(2)
        let isHistogram = metric.Has(9)
        from point in metric.Message(isHistogram ? 9 : metric.Has(7) ? 7 : 5).Messages(1)
        let labels = Attributes(point.Messages(isHistogram ? 9 : 7)).Select(label => $"{label.Key}=\"{label.Value}\"").ToList()
        select (
            metric.Text(1) + (labels.Count > 0 ? $"{{{string.Join(',', labels)}}}" : ""),
            isHistogram ? point.Number(4) : point.Has(6) ? (long)point.Number(6) : BitConverter.UInt64BitsToDouble(
                point.Number(4)));

    private static Dictionary<string, string> Attributes(IEnumerable<ProtoMessage> pairs) =>
        pairs.ToDictionary(
            pair => pair.Text(1), pair => pair.Message(2) is var value && value.Has(1) ? value.Text(1) : $"{value.Number(3)}");
}

/// <param name="Parent">Empty: it is the first of its trace.</param>
/// <param name="Start">Nanoseconds since 1970, as <paramref name="End"/>.</param>
internal sealed record Span(
    string Service, string Trace, string Id, string Parent, string Name, ulong Start, ulong End,
    IReadOnlyDictionary<string, string> Attributes, bool Failed);
