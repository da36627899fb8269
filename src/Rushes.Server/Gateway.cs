using Rushes.Catalog;
using Rushes.Engines;
using Rushes.Media;
using Rushes.Server.Auth;
using Rushes.Server.Hosting;
using Rushes.Server.Metrics;
using Rushes.Server.Settings;

namespace Rushes.Server;

/// <summary>A gateway in this process: its parts are registered, opened, loaded and mapped here, in that order.</summary>
public sealed class Gateway : IAsyncDisposable
{
    private readonly DataFolder data;
    private readonly int workers;

    private Gateway(WebApplication app, DataFolder data, int workers) => (App, this.data, this.workers) = (app, data, workers);

    public WebApplication App { get; }

    /// <summary>Describes the key to sign in to the console with; null if there is no console.</summary>
    public string? SignIn { get; private init; }

    /// <summary>The address of /metrics without a key; null if there is none.</summary>
    public string? MetricsUrl => App.Services.GetService<MetricsListener>()?.Url;

    /// <summary>A gateway that is ready to run: its database is open, its backlog loaded, its routes mapped.</summary>
    /// <exception cref="CatalogException">The catalog cannot be used.</exception>
    /// <exception cref="SettingsException">A setting cannot be used.</exception>
    public static async Task<Gateway> BuildAsync(GatewayOptions options, WebApplicationBuilder builder, CancellationToken cancel)
    {
        if (Ffmpeg.Missing() is { Count: > 0 } missing)
            throw new SettingsException(
                $"{string.Join(" and ", missing)} not found on the PATH. Install what is missing: {FfmpegInstall.Command}");
        if (options is { Metrics: "otlp", Otlp: null })
            throw new SettingsException("Metrics: otlp needs Otlp, the collector that they are sent to.");
        var roles = GatewayRoles.Of(options);
        if (!roles.Work) options = options with { Workers = 0 };

        var data = DataFolder.Open(options.Data);
        WebApplication? app = null;
        try
        {
            builder.Services
                .AddStores(options, data)
                .AddAccounts()
                .AddSignIn(options)
                .AddQueue(options)
                .AddIntake()
                .AddWork(options, roles)
                .AddDialects(options)
                .AddWebhooks(roles)
                .AddConsole(options)
                .AddOperations(options);
            HostSetup.Apply(builder, options);
            app = builder.Build();
            await app.Services.GetRequiredService<Stores>().OpenAsync(cancel);
            await app.Services.Make<GatewayStart>().RunAsync(cancel);
            app.UseRushes();
            app.MapRushes();
            return new Gateway(
                app, data, options.Workers) { SignIn = roles.Api ? FirstKey.Hint(options.ApiKey, data.Path) : null };
        }
        catch
        {
            if (app is not null) await app.DisposeAsync();
            data.Dispose();
            throw;
        }
    }

    /// <summary>
    /// The path of a link that signs a browser in to the console once; null if there is no console or no key for it.
    /// </summary>
    public async Task<string?> SignInPathAsync(CancellationToken cancel)
    {
        if (SignIn is null) return null;
        var keys = await App.Services.GetRequiredService<Stores>().Database.Keys.ReadKeysAsync(cancel);
        return keys.FirstOrDefault(key => key.Name == FirstKey.Name && key.RevokedAt is null) is { } first
            ? $"/console#code={App.Services.GetRequiredService<SignInCodes>().Make(first.Id)}"
            : null;
    }

    /// <summary>What the engines here cannot make and why, once each was checked; empty where no worker is here.</summary>
    public async Task<IReadOnlyList<string>> EngineProblemsAsync(CancellationToken cancel) => workers == 0
        ? []
        : await EngineProblems.FindAsync(
            App.Services.GetRequiredService<EngineSet>(), App.Services.GetRequiredService<ModelCatalog>(),
            TimeProvider.System, cancel);

    /// <summary>
    /// Stops serving, lets workers finish or return their jobs to the queue, and closes the database and the files.
    /// </summary>
    public async ValueTask DisposeAsync()
    {
        using var held = data;
        await using var app = App;
        await App.StopAsync();
    }
}
