using System.Text.Json.Serialization;
using Rushes.Accounts;
using Rushes.Database;
using Rushes.Server.Auth;

namespace Rushes.Server.Health;

/// <summary>The checks of <c>rushes doctor</c> and the console, and test jobs on every worker.</summary>
internal sealed class CheckupEndpoints(GatewayChecks checks, TrialRuns trial, IAuditLog audit, TimeProvider clock)
{
    public void Map(IEndpointRouteBuilder admin)
    {
        admin.MapGet("/health", async (string? reach, CancellationToken cancel) => Answer(await checks.RunAsync(reach, cancel)));
        admin.MapPost("/health/trial", TryAsync);
    }

    private async Task<IResult> TryAsync(HttpContext http, CancellationToken cancel)
    {
        await audit.AppendAuditAsync(new(http.Actor(), "trial started", "workers", Detail.Of()), cancel);
        return Answer(await trial.RunAsync(http.Caller().Account, cancel));
    }

    private IResult Answer(IReadOnlyList<Finding> found) =>
        TypedResults.Json(
            new Checkup(!found.Any(finding => finding.IsError), clock.GetUtcNow(), ProgramVersion.Text, found),
            CheckupJson.Default.Checkup);
}

/// <param name="At">By the gateway's clock.</param>
internal sealed record Checkup(bool Ok, DateTimeOffset At, string Version, IReadOnlyList<Finding> Findings);

[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower,
    DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull)]
[JsonSerializable(typeof(Checkup))]
internal sealed partial class CheckupJson : JsonSerializerContext;
