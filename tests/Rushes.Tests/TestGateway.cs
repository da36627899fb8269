using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Rushes.Server;
using Rushes.Server.Settings;

namespace Rushes.Tests;

/// <summary>A gateway on a real port with its own data folder.</summary>
public sealed class TestGateway : IAsyncDisposable
{
    public const string Key = "a-key-of-the-tests-alone";

    private readonly TempFolder? own;
    private readonly Gateway gateway;
    private readonly TestLog log;

    private TestGateway(Gateway gateway, TestLog log, TempFolder? own, string data)
    {
        (this.gateway, this.log, this.own, Data) = (gateway, log, own, data);
        Http = new HttpClient { BaseAddress = new Uri(Origin), Timeout = TimeSpan.FromMinutes(2) };
        Http.DefaultRequestHeaders.Add("Authorization", $"Bearer {Key}");
    }

    /// <summary>Its data folder.</summary>
    public string Data { get; }

    public string Origin => gateway.App.Urls.First();

    /// <summary>Waits for a log line that contains the text.</summary>
    public Task LoggedAsync(string text, CancellationToken cancel) => Eventually.TrueAsync(() => HasLogged(text), cancel);

    /// <summary>Whether it logged an error, such as a request that was not answered.</summary>
    public bool HasLoggedAnError => log.Lines.Any(line =>
        line.StartsWith($"{LogLevel.Error} ", StringComparison.Ordinal)
            || line.StartsWith($"{LogLevel.Critical} ", StringComparison.Ordinal));

    public bool HasLogged(string text) => log.Lines.Any(line => line.Contains(text, StringComparison.Ordinal));

    /// <summary>The URL of metrics without a key, if they are open.</summary>
    public string? MetricsUrl => gateway.MetricsUrl;

    public T Service<T>()
        where T : notnull => gateway.App.Services.GetRequiredService<T>();

    /// <summary>Every endpoint that was mapped.</summary>
    public IReadOnlyList<RouteEndpoint> Endpoints =>
        [.. gateway.App.Services.GetRequiredService<EndpointDataSource>().Endpoints.OfType<RouteEndpoint>()];

    /// <summary>The path of a link that signs a browser in once.</summary>
    public Task<string?> SignInPathAsync(CancellationToken cancel) => gateway.SignInPathAsync(cancel);

    /// <summary>Sends the key with each request.</summary>
    public HttpClient Http { get; }

    /// <param name="workers">0 leaves every job queued.</param>
    /// <param name="data">An existing folder to go on with; null for a new one.</param>
    public static async Task<TestGateway> StartAsync(
        int workers, CancellationToken cancel, string? data = null, GatewayOptions? options = null, string key = Key)
    {
        var own = data is null ? new TempFolder() : null;
        var settings = (options ?? new GatewayOptions()) with
        {
            Urls = "http://127.0.0.1:0", MetricsUrls = "http://127.0.0.1:0", Data = data ?? own!.Path, Workers = workers,
            ApiKey = key,
        };
        var builder = WebApplication.CreateSlimBuilder();
        var log = new TestLog();
        builder.Logging.ClearProviders().AddProvider(log);
        var gateway = await Gateway.BuildAsync(settings, builder, cancel);
        await gateway.App.StartAsync(cancel);
        return new TestGateway(gateway, log, own, settings.Data);
    }

    public async ValueTask DisposeAsync()
    {
        Http.Dispose();
        await gateway.DisposeAsync();
        own?.Dispose();
    }
}
