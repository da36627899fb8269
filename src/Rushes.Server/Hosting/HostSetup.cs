using System.Net;
using Microsoft.AspNetCore.HttpOverrides;
using Rushes.Server.Auth;
using Rushes.Server.Settings;

namespace Rushes.Server.Hosting;

/// <summary>Configures the web host: listen addresses, logging, shutdown time, trusted proxies.</summary>
internal static class HostSetup
{
    public static void Apply(WebApplicationBuilder builder, GatewayOptions options)
    {
        builder.WebHost.UseKestrelHttpsConfiguration();
        builder.WebHost.UseUrls(options.Urls.Split(';', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries));
        builder.WebHost.ConfigureKestrel(Transport.Limit);
        builder.Logging.AddFilter("Microsoft", LogLevel.Warning);
        // Faults logs the same errors; enabling any of its levels would create an Activity and a log scope for every request.
        builder.Logging.AddFilter("Microsoft.AspNetCore.Hosting.Diagnostics", LogLevel.None);
        // McpErrors logs faults; this logs every mistake of a client with its stack.
        builder.Logging.AddFilter("ModelContextProtocol", LogLevel.None);
        // Open requests and the drain of workers share this time.
        builder.Services.Configure<HostOptions>(host =>
            (host.ShutdownTimeout, host.ServicesStopConcurrently) = (TimeSpan.FromSeconds(options.DrainSeconds + 6), true));
        builder.Services.AddSingleton<MatcherPolicy, SchemePolicy>();
        builder.Services.AddExceptionHandler<Faults>();
        builder.Services.AddProblemDetails();
        if (options.KnownProxies is { } proxies)
            builder.Services.Configure<ForwardedHeadersOptions>(forwarded => Trust(forwarded, proxies));
    }

    private static void Trust(ForwardedHeadersOptions forwarded, string proxies)
    {
        forwarded.ForwardedHeaders =
            ForwardedHeaders.XForwardedFor | ForwardedHeaders.XForwardedHost | ForwardedHeaders.XForwardedProto;
        forwarded.KnownProxies.Clear();
        forwarded.KnownIPNetworks.Clear();
        foreach (var proxy in proxies.Split(',', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries))
        {
            if (IPAddress.TryParse(proxy, out var address)) forwarded.KnownProxies.Add(address);
            else if (System.Net.IPNetwork.TryParse(proxy, out var network)) forwarded.KnownIPNetworks.Add(network);
            else throw new SettingsException($"KnownProxies: \"{proxy}\" is neither an address nor a network such as 10.0.0.0/8");
        }
    }
}
