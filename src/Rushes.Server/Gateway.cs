using System.Net;
using Microsoft.AspNetCore.HttpOverrides;
using Rushes.Catalog;
using Rushes.Database;
using Rushes.Database.Sqlite;
using Rushes.Engines;
using Rushes.Files.Local;
using Rushes.Intake;
using Rushes.Jobs;
using Rushes.Media;
using Rushes.Outbound;
using Rushes.Server.Auth;
using Rushes.Server.Callbacks;
using Rushes.Server.Dialects;
using Rushes.Server.Dialects.Queue;
using Rushes.Server.Health;
using Rushes.Server.Settings;
using Rushes.Server.Transfers;
using Rushes.Webhooks;
using Rushes.Work;

namespace Rushes.Server;

/// <summary>Puts the house together. Read it from top to bottom: it is the only place that names concrete backends.</summary>
public sealed class Gateway : IAsyncDisposable
{
    private readonly DataFolder data;
    private readonly IDatabase database;

    private Gateway(WebApplication app, IDatabase database, DataFolder data) => (App, this.database, this.data) = (app, database, data);

    public WebApplication App { get; }

    /// <summary>A gateway that is ready to run: its database is open, its backlog loaded, its routes mapped.</summary>
    /// <exception cref="CatalogException">The catalog cannot be used.</exception>
    /// <exception cref="SettingsException">A setting cannot be used.</exception>
    public static async Task<Gateway> BuildAsync(GatewayOptions options, WebApplicationBuilder builder, CancellationToken cancel)
    {
        if (!Ffmpeg.IsInstalled()) throw new SettingsException("ffmpeg and ffprobe were not found; install them, such as by: apt-get install ffmpeg");
        var clock = TimeProvider.System;
        var data = DataFolder.Open(options.Data);
        var catalog = CatalogReader.Read(options.Catalog ?? data.CatalogFile);
        var work = new WorkOptions { Lease = TimeSpan.FromSeconds(options.LeaseSeconds), Drain = TimeSpan.FromSeconds(options.DrainSeconds) };

        // What is on disk, and what is known of it in memory.
        IDatabase database = await SqliteDatabase.OpenAsync(data.DatabaseFile, new RetryPolicy(), clock);
        await database.InterruptAsync(Node + "/", cancel);
        var files = new LocalFileStore(data.Files, options.Bucket, await database.SecretAsync("links", 32, cancel), clock);
        var doorbell = new Doorbell();
        var backlog = new Backlog(doorbell);
        var runTimes = new RunTimes();
        foreach (var run in (await database.ReadRecentRunsAsync(1000, cancel)).Reverse()) runTimes.Record(run);
        await backlog.LoadAsync(database.ReadLiveAsync(cancel), cancel);
        database.Committed += backlog.Apply;
        database.Committed += runTimes.Apply;
        var capacity = new Capacity();

        var keys = new KeyRing();
        var made = await FirstKey.EnsureAsync(database, options.ApiKey, data.Path, clock, cancel);
        if (made is not null) Console.WriteLine($"API key (kept in {data.Path}/{FirstKey.FileName}): {made}");
        keys.Load(await database.ReadKeysAsync(cancel));

        // The one way of a request: dialect, intake, database.
        var outbound = new OutboundHttp(Addresses(options));
        var ids = new JobIds(await database.SecretAsync("job-ids", 32, cancel));
        var intake = new JobIntake(catalog, database, files, outbound, data.Incoming, clock);
        var desk = new JobDesk(database, backlog, new Forecast(backlog, runTimes, capacity, clock), ids);
        var bodies = new BodyReader(catalog, data.Incoming);

        // The other end: workers, engines.
        builder.Services.AddSingleton(services => EngineChoice.Make(options.Engine, catalog, data.Scratch, clock, services.GetRequiredService<ILoggerFactory>()));
        var source = new LocalJobSource(database, doorbell, files, work, clock);
        builder.Services.AddHostedService(services => new Workforce(
            options.Workers, Node, data.Scratch, source, services.GetRequiredService<IEngine>(), catalog, capacity,
            new Sweeper(database, backlog, work, clock, services.GetRequiredService<ILogger<Sweeper>>()),
            work, clock, services.GetRequiredService<ILogger<Worker>>()));

        // Callbacks.
        WebApplication? built = null;
        var origin = new Origin(options, () => built!.Urls.First());
        var signatures = await Signatures.LoadAsync(database, cancel);
        IWebhookForm[] forms = [new QueueWebhook(catalog, files, origin)];
        builder.Services.AddHostedService(services => new Postman(new Deliverer(
            database, signatures, forms, outbound.Client, new DeliveryOptions(), clock, services.GetRequiredService<ILogger<Deliverer>>())));

        SetUpHost(builder, options);
        var app = built = builder.Build();
        _ = app.Services.GetRequiredService<IEngine>();
        if (options.KnownProxies is not null) app.UseForwardedHeaders();
        app.UseExceptionHandler();
        new HealthEndpoints(database, app.Lifetime).Map(app);
        new QueueEndpoints(catalog, intake, desk, files, keys, origin, bodies).Map(app);
        new DeliveryEndpoints(database, desk, keys, signatures).Map(app);
        app.MapLocalFiles(files);
        return new Gateway(app, database, data);
    }

    /// <summary>Stops serving, lets workers finish or hand back, and closes what is on disk.</summary>
    public async ValueTask DisposeAsync()
    {
        await App.StopAsync();
        await App.DisposeAsync();
        await database.DisposeAsync();
        data.Dispose();
    }

    private static AddressRules Addresses(GatewayOptions options)
    {
        try
        {
            return AddressRules.Parse(options.FetchAllow);
        }
        catch (FormatException error)
        {
            throw new SettingsException(error.Message);
        }
    }

    private static string Node => Environment.MachineName;

    private static void SetUpHost(WebApplicationBuilder builder, GatewayOptions options)
    {
        builder.WebHost.UseKestrelHttpsConfiguration();
        builder.WebHost.UseUrls(options.Urls.Split(';', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries));
        builder.WebHost.ConfigureKestrel(kestrel => kestrel.AddServerHeader = false);
        builder.Logging.ClearProviders().AddSimpleConsole(line => (line.SingleLine, line.TimestampFormat) = (true, "HH:mm:ss "));
        builder.Logging.AddFilter("Microsoft", LogLevel.Warning);
        // Workers drain while open requests end; together within 20 seconds.
        builder.Services.Configure<HostOptions>(host => (host.ShutdownTimeout, host.ServicesStopConcurrently) = (TimeSpan.FromSeconds(18), true));
        builder.Services.AddExceptionHandler<Faults>();
        builder.Services.AddProblemDetails();
        if (options.KnownProxies is { } proxies)
            builder.Services.Configure<ForwardedHeadersOptions>(forwarded => Trust(forwarded, proxies));
    }

    private static void Trust(ForwardedHeadersOptions forwarded, string proxies)
    {
        forwarded.ForwardedHeaders = ForwardedHeaders.XForwardedFor | ForwardedHeaders.XForwardedHost | ForwardedHeaders.XForwardedProto;
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
