using Rushes.Accounts;
using Rushes.Catalog;
using Rushes.Server.Admin;
using Rushes.Server.Auth;
using Rushes.Server.Callbacks;
using Rushes.Server.Console;
using Rushes.Server.Dialects.Fal;
using Rushes.Server.Dialects.Kie;
using Rushes.Server.Dialects.Mcp;
using Rushes.Server.Dialects.OpenAi;
using Rushes.Server.Dialects.OpenRouter;
using Rushes.Server.Dialects.Pixazo;
using Rushes.Server.Dialects.Queue;
using Rushes.Server.Dialects.Replicate;
using Rushes.Server.Docs;
using Rushes.Server.Health;
using Rushes.Server.Http;
using Rushes.Server.JobResponses;
using Rushes.Server.Metrics;
using Rushes.Server.Reference;
using Rushes.Server.Reports;
using Rushes.Server.Settings;
using Rushes.Server.SignIn;
using Rushes.Server.Transfers;
using Rushes.Server.WorkerApi;

namespace Rushes.Server.Hosting;

internal static class Routes
{
    public static void MapRushes(this WebApplication app)
    {
        app.MapHealth();
        app.MapDialects();
        app.Services.Make<WorkerEndpoints>().Map(app);
        app.Services.Make<DeliveryEndpoints>().Map(app);
        // An S3 store serves its own URLs.
        if (app.Services.GetRequiredService<Stores>().LocalFiles is { } local) app.MapLocalFiles(local);
        app.MapAdmin();
        app.MapConsole();
        app.Services.Make<DocEndpoints>().Map(app);
    }

    private static void MapHealth(this WebApplication app)
    {
        app.Services.Make<HealthEndpoints>().Map(app);
        if (app.Services.GetRequiredService<GatewayOptions>().Metrics == "admin")
            app.Services.GetRequiredService<GatewayMetrics>()
                .Map(app)
                .WithMetadata(AdminErrors.Access)
                .RequireScope(Scopes.Admin);
    }

    private static void MapDialects(this WebApplication app)
    {
        app.Services.Make<QueueEndpoints>().Map(app);
        app.Services.Make<QueueLookups>().Map(app);
        app.Services.GetRequiredService<QueueListing>().Map(app);
        app.Services.GetRequiredService<FalDialect>()
            .Map(app, app.Services.GetRequiredService<JobWatch>(), app.Services.GetRequiredService<StatusStream>());
        app.Services.Make<KieEndpoints>().Map(app);
        app.Services.Make<PixazoEndpoints>().Map(app);
        app.Services.Make<OpenAiEndpoints>().Map(app);
        app.Services.Make<ReplicateEndpoints>().Map(app);
        app.Services.Make<OpenRouterEndpoints>().Map(app);
        app.MapMcp();
        var catalog = app.Services.GetRequiredService<ModelCatalog>();
        new ReferenceEndpoints(
            () =>
            [
                QueueReference.Of(catalog), FalReference.Of(catalog), KieReference.Of(catalog), PixazoReference.Of(catalog),
                OpenAiReference.Of(catalog), ReplicateReference.Of(catalog), OpenRouterReference.Of(catalog),
            ],
            app.Services.GetRequiredService<ConsoleFiles>(), app.Services.GetRequiredService<Origin>())
            .Map(app);
    }

    private static void MapAdmin(this WebApplication app)
    {
        var admin = app.MapGroup("/admin").WithMetadata(AdminErrors.Access, BodyLimit.Fields).RequireScope(Scopes.Admin);
        app.MapAdminCalls(admin);
        app.Services.Make<JobEndpoints>().Map(admin);
        app.Services.GetRequiredService<QueueListing>().MapAdmin(admin);
    }

    /// <summary>The same endpoints for API keys and for console sessions.</summary>
    private static void MapAdminCalls(this WebApplication app, IEndpointRouteBuilder group)
    {
        app.Services.Make<AccountEndpoints>().Map(group);
        app.Services.Make<KeyEndpoints>().Map(group);
        app.Services.Make<CreditEndpoints>().Map(group);
        app.Services.GetRequiredService<UsageEndpoints>().Map(group);
        app.Services.Make<AuditEndpoints>().Map(group);
        app.Services.Make<RosterEndpoints>().Map(group);
        app.Services.Make<LaneEndpoints>().Map(group);
        app.Services.Make<ReportListEndpoints>().Map(group);
        app.Services.GetRequiredService<CheckupEndpoints>().Map(group);
    }

    private static void MapConsole(this WebApplication app)
    {
        var services = app.Services;
        var console = app.MapGroup("/console/api").WithMetadata(ConsoleErrors.Access);
        RouteGroupBuilder For(Scopes scope) => console.MapGroup("").RequireConsole(scope);
        var (read, submit, admin) = (For(Scopes.Read), For(Scopes.Submit), For(Scopes.Admin));
        console.Map(
            "/{**rest}",
            (HttpContext http, CancellationToken _) => WrongMethod.Find(http) ?? ConsoleErrors.NotFound(http.Request.Path))
            .AllowAnyone();
        services.GetRequiredService<SessionEndpoints>().Map(console);
        var pages = services.GetRequiredService<ConsoleFiles>();
        pages.Map(app);
        services.Make<ConsolePage>(pages.Html).Map(app);
        services.Make<SignInEndpoints>().Map(app);
        services.GetRequiredService<CatalogEndpoints>().Map(read);
        services.Make<PlaygroundEndpoints>().Map(submit);
        services.Make<JobLookups>().Map(read);
        services.Make<JobActions>().Map(submit, admin);
        services.Make<LibraryEndpoints>().Map(read, submit);
        services.Make<SharePage>().Map(app);
        services.Make<ReportEndpoints>().Map(app);
        services.Make<AccountPage>().Map(read);
        services.Make<QueuePage>().Map(admin);
        services.Make<WorkersPage>().Map(admin);
        app.MapAdminCalls(admin.MapGroup("/admin"));
    }
}
