using Rushes.Accounts;
using Rushes.Catalog;
using Rushes.Database;
using Rushes.Draft;
using Rushes.Engines;
using Rushes.Files;
using Rushes.Files.Local;
using Rushes.Intake;
using Rushes.Jobs;
using Rushes.Media;
using Rushes.Outbound;
using Rushes.Retention;
using Rushes.Server.Admin;
using Rushes.Server.Auth;
using Rushes.Server.Callbacks;
using Rushes.Server.Console;
using Rushes.Server.Dialects;
using Rushes.Server.Dialects.Fal;
using Rushes.Server.Dialects.Kie;
using Rushes.Server.Dialects.Pixazo;
using Rushes.Server.Dialects.Queue;
using Rushes.Server.Health;
using Rushes.Server.Hosting;
using Rushes.Server.Metrics;
using Rushes.Server.Reference;
using Rushes.Server.Settings;
using Rushes.Server.Otlp;
using Rushes.Server.Transfers;
using Rushes.Server.WorkerApi;
using Rushes.Webhooks;
using Rushes.Work;

namespace Rushes.Server;

/// <summary>Puts the house together. Read it from top to bottom: it is the only place that names concrete backends.</summary>
public sealed class Gateway : IAsyncDisposable
{
    private readonly DataFolder data;
    private readonly IDatabase database;
    private readonly IFileStore files;
    private readonly IReadOnlyList<IEngine> engines;
    private readonly OtlpExport? export;
    private readonly MetricSet? metrics;

    private Gateway(
        WebApplication app, IReadOnlyList<IEngine> engines, IDatabase database, IFileStore files, DataFolder data, OtlpExport? export, MetricSet? metrics) =>
        (App, this.engines, this.database, this.files, this.data, this.export, this.metrics) = (app, engines, database, files, data, export, metrics);

    public WebApplication App { get; }

    /// <summary>What its console is signed in with, for whoever has started it; null: it serves none.</summary>
    public string? SignIn { get; private init; }

    /// <summary>Where /metrics is read without a key, while it runs; null: nowhere.</summary>
    public string? MetricsUrl => Metrics?.Url;

    private MetricsListener? Metrics { get; init; }

    /// <summary>A gateway that is ready to run: its database is open, its backlog loaded, its routes mapped.</summary>
    /// <exception cref="CatalogException">The catalog cannot be used.</exception>
    /// <exception cref="SettingsException">A setting cannot be used.</exception>
    public static async Task<Gateway> BuildAsync(GatewayOptions options, WebApplicationBuilder builder, CancellationToken cancel)
    {
        if (!Ffmpeg.IsInstalled()) throw new SettingsException("ffmpeg and ffprobe were not found; install them, such as by: apt-get install ffmpeg");
        if (options is { Metrics: "otlp", Otlp: null }) throw new SettingsException("Metrics: otlp needs Otlp, the collector that they are sent to.");
        var clock = DatabaseChoice.Clock(options);
        var roles = GatewayRoles.Of(options);
        if (!roles.Work) options = options with { Workers = 0 };
        var data = DataFolder.Open(options.Data);
        var catalog = CatalogReader.Read(options.Catalog ?? data.CatalogFile);
        var accounts = new AccountBook(catalog.Plans);
        var safety = SafetySettings.Build(options, accounts, catalog.Limits, data.Incoming, clock);
        var keep = KeepSettings.Of(options);
        var work = new WorkOptions { Lease = TimeSpan.FromSeconds(options.LeaseSeconds), Drain = TimeSpan.FromSeconds(options.DrainSeconds) };

        // What is on disk, and what is known of it in memory.
        var database = await DatabaseChoice.OpenAsync(options, data, clock, cancel);
        await database.InterruptAsync(data.Node + "/", cancel);
        var files = await StorageChoice.OpenAsync(options, data.Files, await database.SecretAsync("links", 32, cancel), clock, cancel);
        // Who may ask. The ring and the book follow every change before whoever made it is answered.
        var keys = new KeyRing(accounts, clock);
        database.AccountChanged += accounts.Apply;
        database.KeyChanged += keys.Apply;
        var made = await FirstKey.EnsureAsync(database, options.ApiKey, data.Path, DatabaseChoice.IsShared(options), clock, cancel);
        if (made is not null) System.Console.WriteLine($"API key (kept in {data.Path}/{FirstKey.FileName}): {made}");
        foreach (var account in await database.ReadAccountsAsync(cancel)) accounts.Apply(Known(account, catalog));
        foreach (var key in await database.ReadKeysAsync(cancel)) keys.Apply(key);
        await database.AppendAuditAsync(SettingsAudit.Of(options), cancel);
        builder.Services.AddHostedService(services => new KeyUse(keys, database, clock, services.GetRequiredService<ILogger<KeyUse>>()));

        // What waits and runs, in memory.
        var doorbell = new Doorbell();
        var bounds = new RunningBounds(account => accounts.PlanOf(account).MostRunning, () => accounts.HasRunningBounds);
        database.AccountChanged += account => bounds.Tell(account.Id);
        var backlog = new Backlog(doorbell, bounds);
        var runTimes = new RunTimes();
        foreach (var run in (await database.ReadRecentRunsAsync(1000, cancel)).Reverse()) runTimes.Record(run);
        if (!options.FairShare) await database.LevelTurnsAsync(cancel);
        var named = options.Metrics == "off" ? null : new MetricSet();
        var census = named is null ? null : new Census(catalog, named, clock);
        var live = database.ReadLiveAsync(cancel);
        await backlog.LoadAsync(census?.Watch(live, cancel) ?? live, cancel);
        database.Committed += backlog.Apply;
        database.Committed += runTimes.Apply;
        if (census is not null) database.Committed += census.Apply;
        foreach (var lane in await database.ReadPausedLanesAsync(cancel)) backlog.Pause(lane, true);
        database.LaneChanged += lane => backlog.Pause(lane.Lane, lane.Paused);
        var capacity = new Capacity();

        // The one way of a request: dialect, intake, database.
        var outbound = new OutboundHttp(Addresses(options));
        var ids = new JobIds(await database.SecretAsync("job-ids", 32, cancel));
        var rates = new RateLimits(accounts.PlanOf, clock);
        var limits = new PlanLimits(accounts.PlanOf, catalog, rates, new QueuePlaces(backlog), options.FairShare);
        var forecast = new Forecast(backlog, runTimes, capacity, clock);
        var intake = new JobIntake(catalog, accounts, database, files, outbound, limits, safety,
            new DraftRule(accounts.PlanOf, TimeSpan.FromHours(options.ApprovalHours), clock), forecast, data.Incoming, keep.Keys, clock);
        var desk = new JobDesk(database, backlog, forecast, ids);
        var bodies = new BodyReader(catalog, data.Incoming);
        var links = new ResultLinks(files, options);
        var kie = new KieMap(catalog, ids, links, options.KieFiveStates);
        var watch = new JobWatch(desk, backlog, clock);
        database.Committed += watch.Apply;

        // The other end: workers, engines.
        builder.Services.AddSingleton(services => EngineChoice.Make(options, catalog, data.Scratch, clock, services.GetRequiredService<ILoggerFactory>()));
        var warm = new WarmStarts(catalog, new WarmOptions { MostJobs = options.WarmJobs, Longest = TimeSpan.FromSeconds(options.WarmSeconds) }, clock);
        database.Committed += warm.Apply;
        var drains = new Drains();
        var source = new LocalJobSource(database, doorbell, files, work, clock, bounds, warm, drains);
        var roster = new WorkerRoster(capacity, work.Lease + work.Lease, clock, drains);
        var hour = new LastHour(catalog, backlog, forecast, roster, clock);
        builder.Services.AddHostedService(_ => hour);
        var metrics = named is null ? null : new GatewayMetrics(named, hour, backlog, runTimes, roster, clock);
        if (metrics is not null) database.GroupCommitted += metrics.GroupCommitted;
        var listener = options.Metrics == "open" ? new MetricsListener(options.MetricsUrls, metrics!) : null;
        if (listener is not null) builder.Services.AddHostedService(_ => listener);
        source.Told += roster.Meet;
        source.Shown += backlog.Show;
        source.Staged += backlog.Enter;
        builder.Services.AddHostedService(services => new Workforce(
            options.Workers, data.Node, data.Scratch, source, services.GetRequiredService<IReadOnlyList<IEngine>>(), catalog,
            work, clock, services.GetRequiredService<ILogger<Worker>>()));
        if (roles.Sweep)
            builder.Services.AddDuty(services =>
            {
                var sweeper = new Sweeper(database, backlog, work, clock, services.GetRequiredService<ILogger<Sweeper>>());
                if (metrics is not null) sweeper.Expired += metrics.LeasesExpired;
                return sweeper.RunAsync;
            });

        // Drafts are made here, whatever makes the videos.
        if (roles.Work) builder.Services.AddDuty(services =>
        {
            var runner = new DraftRunner(
                database, source, files, backlog, new DraftEngine(), catalog, data.Drafts, clock, services.GetRequiredService<ILogger<DraftRunner>>());
            database.Committed += runner.Apply;
            return stop => runner.RunAsync(options.Drafts, stop);
        });

        // What is kept no longer.
        if (roles.Sweep) builder.Services.AddDuty(services => new Housekeeper(
            database, new Pruner(database, keep, clock), new FileSweep(database, files, keep, clock), new StoreOwner(database, files, data.Incoming), clock,
            services.GetRequiredService<ILogger<Housekeeper>>()).RunAsync);

        // Callbacks.
        WebApplication? built = null;
        var origin = new Origin(options, () => built!.Urls.First());
        var signatures = await Signatures.LoadAsync(database, cancel);
        var fal = new FalDialect(catalog, intake, desk, ids, files, keys, origin, bodies, signatures, links, clock);
        IWebhookForm[] forms = [new QueueWebhook(catalog, files, links, origin), new KieWebhook(kie, signatures, origin, clock), fal.Webhook];
        if (roles.Webhooks) builder.Services.AddDuty(services =>
        {
            var deliverer = new Deliverer(
                database, signatures, forms, outbound.Client, new DeliveryOptions(), clock, services.GetRequiredService<ILogger<Deliverer>>());
            if (metrics is not null) deliverer.Tried += metrics.WebhookTried;
            return deliverer.RunAsync;
        });

        var sessions = new ConsoleSession(await database.SecretAsync("console", 32, cancel), clock);
        var door = new Door(keys, new FailedKeys(clock), rates, accounts);
        HostSetup.Apply(builder, options);
        var app = built = builder.Build();
        // Here and not when the workers start: what is wrong with an engine stops the start.
        var engines = app.Services.GetRequiredService<IReadOnlyList<IEngine>>();
        safety.LogTo(app.Services.GetRequiredService<ILogger<SafetyCheck>>());
        source.LogTo(app.Services.GetRequiredService<ILogger<LocalJobSource>>());
        var export = options.Otlp is not { } collector
            ? null
            : OtlpExport.Start(collector, options.TraceRatio, options.Metrics == "otlp", "rushes", data.Node, clock, app.Services.GetRequiredService<ILogger<OtlpExport>>());
        if (export is not null) app.Use(next => http => WebRequests.DescribeAsync(http, next));
        if (options.KnownProxies is not null) app.UseForwardedHeaders();
        app.Use(next => http => Transport.TellBrowsers(http, next));
        app.UseExceptionHandler();
        var refusals = new BareRefusals(new FaultForm(FalErrors.Broke));
        app.Use(next => http => refusals.PassAsync(http, next));
        app.UseFalProxy(catalog);
        if (!roles.Api) app.Use(next => http => Transport.HealthAlone(http, next));
        app.UseRouting();
        app.Use(next => http => door.PassAsync(http, next));
        new HealthEndpoints(database, app.Lifetime).Map(app);
        if (options.Metrics == "admin") metrics!.Map(app).AddEndpointFilter(new AdminDoor(keys.Identify));
        var streams = new StatusStream(desk, watch, app.Lifetime);
        new QueueEndpoints(catalog, intake, desk, files, keys, origin, bodies, links, streams).Map(app);
        new QueueLookups(catalog, desk, limits, accounts, keys, origin).Map(app);
        var listing = new QueueListing(database, catalog, desk, ids, accounts, keys, origin, links, files);
        listing.Map(app);
        fal.Map(app, watch, streams);
        new WorkerEndpoints(catalog, database, source, files, keys, roster, origin, work).Map(app);
        new KieEndpoints(catalog, intake, desk, ids, files, keys, origin, bodies, kie).Map(app);
        new PixazoEndpoints(catalog, intake, desk, keys, origin, bodies, new PixazoMap(ids, links)).Map(app);
        new DeliveryEndpoints(database, desk, keys, signatures).Map(app);
        new ReferenceEndpoints(() => [QueueReference.Of(catalog), FalReference.Of(catalog), KieReference.Of(catalog), PixazoReference.Of(catalog)]).Map(app);
        // A store elsewhere serves its own links.
        if (files is LocalFileStore local) app.MapLocalFiles(local);
        var checkup = new CheckupEndpoints(
            new GatewayChecks(database, files, roster, backlog, drains, catalog, outbound, origin, options.PublicUrl, [data.Path], data.Incoming, TimeProvider.System),
            new TrialRuns(database, intake, roster, catalog, clock), database, clock);
        var admin = app.MapGroup("/admin").AddEndpointFilter(new AdminDoor(keys.Identify));
        MapAdmin(admin);
        new JobEndpoints(database, desk).Map(admin);
        listing.MapAdmin(admin);
        DatabaseChoice.Log(database, app.Services.GetRequiredService<ILoggerFactory>());

        // The console: its pages, and what they ask for.
        var console = app.MapGroup("/console/api");
        RouteGroupBuilder For(Scopes scope) => app.MapGroup("/console/api").AddEndpointFilter(new ConsoleDoor(keys, sessions, scope));
        var (read, submit) = (For(Scopes.Read), For(Scopes.Submit));
        console.Map("/{**rest}", (HttpContext http, CancellationToken _) => ConsoleErrors.NotFound(http.Request.Path));
        var session = new SessionEndpoints(accounts, keys, sessions);
        session.Map(console);
        var choice = new CatalogEndpoints(catalog, limits, capacity);
        choice.Map(read);
        var pages = new ConsoleFiles(options.ConsoleFiles);
        pages.Map(app);
        new ConsolePage(pages.Html, files, origin, new ConsoleDoor(keys, sessions, Scopes.None), session, choice).Map(app);
        new PlaygroundEndpoints(catalog, intake, ids, files, bodies, data.Incoming, clock).Map(submit);
        new JobLookups(database, desk, new JobLines(desk, backlog, ids, files, links, accounts), ids, files, links, origin, streams, accounts).Map(read);
        new JobActions(database, catalog, intake, desk, ids).Map(submit, For(Scopes.Admin));
        new AccountPage(database, accounts, rates, backlog).Map(read);
        new QueuePage(catalog, backlog, runTimes, capacity, hour, accounts, clock).Map(For(Scopes.Admin));
        new WorkersPage(roster, backlog, drains, hour).Map(For(Scopes.Admin));
        MapAdmin(For(Scopes.Admin).MapGroup("/admin").AddEndpointFilter(new AdminDoor(ConsoleDoor.CallerOf)));

        // Everyone has subscribed and read what there was.
        await database.FollowAsync(cancel);
        return new Gateway(app, engines, database, files, data, export, named) { Metrics = listener, SignIn = roles.Api ? FirstKey.Whereabouts(options.ApiKey, data.Path) : null };

        // The same for programs and for the console, by different doors.
        void MapAdmin(IEndpointRouteBuilder group)
        {
            new AccountEndpoints(database, accounts).Map(group);
            new KeyEndpoints(database, clock).Map(group);
            new CreditEndpoints(database, accounts).Map(group);
            new AuditEndpoints(database).Map(group);
            new RosterEndpoints(database, roster, backlog, drains).Map(group);
            new LaneEndpoints(database, catalog, backlog).Map(group);
            checkup.Map(group);
        }
    }

    /// <summary>Stops serving, lets workers finish or hand back, and closes what is on disk.</summary>
    public async ValueTask DisposeAsync()
    {
        await App.StopAsync();
        foreach (var engine in engines)
        {
            if (engine is IAsyncDisposable resident) await resident.DisposeAsync();
        }
        export?.Dispose();
        metrics?.Dispose();
        await App.DisposeAsync();
        await database.DisposeAsync();
        (files as IDisposable)?.Dispose();
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

    private static Account Known(Account account, ModelCatalog catalog) => catalog.Plans.ContainsKey(account.Plan)
        ? account
        : throw new CatalogException($"Account \"{account.Name}\" has the plan \"{account.Plan}\", which the catalog does not hold any more; put it back.");
}
