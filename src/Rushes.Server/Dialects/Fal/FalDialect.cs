using Rushes.Catalog;
using Rushes.Files;
using Rushes.Intake;
using Rushes.Jobs;
using Rushes.Server.Auth;
using Rushes.Server.Http;
using Rushes.Server.JobResponses;
using Rushes.Server.Transfers;
using Rushes.Webhooks;

namespace Rushes.Server.Dialects.Fal;

/// <summary>The APIs that fal clients use: queue, synchronous runs, storage, and public keys of webhooks.</summary>
internal sealed class FalDialect(
    ModelCatalog catalog, JobIntake intake, JobDesk desk, JobIds ids, IFileStore files, Origin origin, BodyReader bodies,
    Signatures signatures, ResultLinks links, FalUploads uploads, TimeProvider clock)
{
    private readonly FalResults results = new(files, links);

    public IWebhookForm Webhook => new FalWebhook(results, ids, signatures, origin, clock);

    public void Map(WebApplication app, JobWatch watch, StatusStream streams)
    {
        var routes = app.MapGroup("").WithMetadata(new FaultForm(FalErrors.Broke), FalErrors.Access);
        var apps = new FalApps(catalog);
        var submit = new FalSubmit(apps, intake, bodies, clock);
        new FalEndpoints(apps, submit, results, links, desk, ids, origin, streams, clock).Map(routes);
        new FalRun(apps, submit, results, desk, ids, watch, origin, app.Lifetime).Map(routes);
        uploads.Map(routes);
        routes.MapGet("/.well-known/jwks.json", () => TypedResults.Text(signatures.Fal.Jwks, "application/json")).AllowAnyone();
    }
}
