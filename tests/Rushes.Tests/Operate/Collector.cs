using System.Collections.Concurrent;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;
using Xunit;

namespace Rushes.Tests.Operate;

/// <summary>What traces are sent to: takes OTLP over HTTP, and keeps the spans.</summary>
internal sealed class Collector : IAsyncDisposable
{
    private readonly ConcurrentQueue<Span> spans = new();
    private readonly WebApplication app;

    private Collector(WebApplication app) => this.app = app;

    public string Url => app.Urls.First();

    /// <summary>Since the last time, in the order of their beginning.</summary>
    public List<Span> Take()
    {
        var taken = new List<Span>();
        while (spans.TryDequeue(out var span)) taken.Add(span);
        return [.. taken.OrderBy(span => span.Start)];
    }

    public static async Task<Collector> StartAsync()
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.UseUrls("http://127.0.0.1:0");
        var app = builder.Build();
        var collector = new Collector(app);
        app.MapPost("/v1/traces", async (HttpContext http, CancellationToken cancel) =>
        {
            using var body = new MemoryStream();
            await http.Request.Body.CopyToAsync(body, cancel);
            foreach (var span in Read(new ProtoMessage(body.ToArray()))) collector.spans.Enqueue(span);
        });
        await app.StartAsync(TestContext.Current.CancellationToken);
        return collector;
    }

    public ValueTask DisposeAsync() => app.DisposeAsync();

    // Numbers of opentelemetry.proto.collector.trace.v1.ExportTraceServiceRequest and what is in it.
    private static IEnumerable<Span> Read(ProtoMessage request) =>
        from resource in request.Messages(1)
        let service = Attributes(resource.Message(1).Messages(1))["service.name"]
        from scope in resource.Messages(2)
        from span in scope.Messages(2)
        select new Span(
            service, span.Hex(1), span.Hex(2), span.Hex(4), span.Text(5), span.Number(7), span.Number(8), Attributes(span.Messages(9)),
            span.Has(15) && span.Message(15).Number(3) == 2);

    private static Dictionary<string, string> Attributes(IEnumerable<ProtoMessage> pairs) =>
        pairs.ToDictionary(pair => pair.Text(1), pair => pair.Message(2) is var value && value.Has(1) ? value.Text(1) : $"{value.Number(3)}");
}

/// <param name="Parent">Empty: it is the first of its trace.</param>
/// <param name="Start">Nanoseconds since 1970, as <paramref name="End"/>.</param>
internal sealed record Span(
    string Service, string Trace, string Id, string Parent, string Name, ulong Start, ulong End, IReadOnlyDictionary<string, string> Attributes, bool Failed);
