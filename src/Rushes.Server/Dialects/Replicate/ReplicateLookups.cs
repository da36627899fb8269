using Rushes.Accounts;
using Rushes.Server.Auth;
using Rushes.Server.Http;
using Rushes.Webhooks;

namespace Rushes.Server.Dialects.Replicate;

/// <summary>What clients look up besides predictions: models, their account, and the secret that signs webhooks.</summary>
internal sealed class ReplicateLookups(
    ReplicateModels models, ReplicateSearches searches, AccountDirectory accounts, Signatures signatures, Origin origin)
{
    public void Map(IEndpointRouteBuilder calls)
    {
        calls.MapGet("/account", Account).RequireScope(Scopes.Read);
        calls.MapGet("/models/{owner}/{name}", Model).RequireScope(Scopes.Read);
        calls.MapGet("/models/{owner}/{name}/versions", Versions).RequireScope(Scopes.Read);
        calls.MapGet("/models/{owner}/{name}/versions/{version}", Version).RequireScope(Scopes.Read);
        searches.Map(calls);
        calls.MapGet("/webhooks/default/secret", Secret).RequireScope(Scopes.Read);
    }

    private IResult Account(HttpContext http)
    {
        var name = accounts.Find(http.Caller().Account)?.Name ?? "";
        return TypedResults.Json(new ReplicateAccount(name), ReplicateWire.Json.ReplicateAccount);
    }

    private IResult Model(HttpContext http, string owner, string name) => models.Find($"{owner}/{name}") is { } listing
        ? TypedResults.Json(
            models.Describe($"{owner}/{name}", listing, origin.Of(http.Request)), ReplicateWire.Json.ReplicateModel)
        : ReplicateErrors.UnknownModel($"{owner}/{name}");

    private IResult Versions(HttpContext http, string owner, string name) => models.Find($"{owner}/{name}") is { } listing
        ? TypedResults.Json(
            new ReplicateList<ReplicateVersion>([models.Describe(listing)]), ReplicateWire.Json.Versions)
        : ReplicateErrors.UnknownModel($"{owner}/{name}");

    private IResult Version(HttpContext http, string owner, string name, string version) =>
        models.Find($"{owner}/{name}") is { } listing && models.VersionOf(listing) == version
            ? TypedResults.Json(models.Describe(listing), ReplicateWire.Json.ReplicateVersion)
            : ReplicateErrors.UnknownModel($"{owner}/{name}:{version}");

    private IResult Secret(HttpContext http) => TypedResults.Json(
        new ReplicateSecret(signatures.SecretOf(http.Caller().Account)), ReplicateWire.Json.ReplicateSecret);
}
