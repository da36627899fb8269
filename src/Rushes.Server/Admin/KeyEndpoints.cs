using Microsoft.AspNetCore.Http.Features;
using Rushes.Accounts;
using Rushes.Database;
using Rushes.Server.Auth;

namespace Rushes.Server.Admin;

/// <summary>
/// Creates, lists, revokes and rotates API keys. A key's secret is only in the response that created it.
/// </summary>
internal sealed class KeyEndpoints(IKeyStore keyStore, AccountDirectory directory, TimeProvider clock)
{
    /// <summary>The maximum time, in seconds, that a rotated key stays valid.</summary>
    private const int MaxGrace = 30 * 24 * 3600;

    public void Map(IEndpointRouteBuilder admin)
    {
        admin.MapGet("/keys", ListAsync);
        admin.MapPost("/keys", CreateAsync);
        admin.MapDelete("/keys/{id:long}", RevokeAsync);
        admin.MapPost("/keys/{id:long}/rotate", RotateAsync);
    }

    private async Task<IResult> ListAsync(string? account, CancellationToken cancel)
    {
        var keys = await keyStore.ReadKeysAsync(cancel);
        if (account is null)
            return TypedResults.Json(new KeyList([.. keys.Select(key => KeyBody.Of(key))]), AdminWire.Json.KeyList);
        return directory.Find(account) is { } found
            ? TypedResults.Json(
                new KeyList([.. keys.Where(key => key.Account == found.Id).Select(key => KeyBody.Of(key))]),
                AdminWire.Json.KeyList)
            : AdminErrors.NotFound($"account \"{account}\"");
    }

    private async Task<IResult> CreateAsync(HttpContext http, CancellationToken cancel)
    {
        var (body, problem) = await AdminWire.ReadAsync(http.Request, AdminWire.Json.KeyCreate, cancel);
        if (problem is not null) return problem;
        if (body!.Account is not { } named) return AdminErrors.BadField("account", "is missing; send an id or a name");
        if (AccountEndpoints.CheckName(body.Name, "name") is { } badName) return badName;
        if (body.Name == FirstKey.Name)
            return AdminErrors.BadField("name", $"is \"{FirstKey.Name}\", which is reserved for the configured key");
        if (body.ExpiresAt <= clock.GetUtcNow()) return AdminErrors.BadField("expires_at", "is in the past");
        if (ScopesOf(body.Scopes, out var scopes) is { } badScope) return badScope;
        if (!KeyNetworks.TryParse(string.Join(',', body.Networks ?? []), out var networks, out var bad))
            return AdminErrors.BadField("networks", $"contains \"{bad}\"; send addresses or networks such as 10.1.0.0/16");
        if (directory.Find(named) is not { } account) return AdminErrors.NotFound($"account \"{named}\"");

        var secret = ApiKey.NewKey();
        var stored = await keyStore.AddKeyAsync(new ApiKey
        {
            Hash = ApiKey.HashOf(secret), Account = account.Id, Name = body.Name!, Scopes = scopes, CreatedAt = clock.GetUtcNow(),
            ExpiresAt = body.ExpiresAt, Networks = networks,
        }, http.Actor(), cancel);
        return TypedResults.Json(KeyBody.Of(stored, secret), AdminWire.Json.KeyBody, statusCode: StatusCodes.Status201Created);
    }

    private async Task<IResult> RevokeAsync(HttpContext http, long id, CancellationToken cancel) =>
        await keyStore.RevokeKeyAsync(id, http.Actor(), cancel) switch
        {
            RevokeOutcome.Revoked revoked => TypedResults.Json(KeyBody.Of(revoked.Key), AdminWire.Json.KeyBody),
            RevokeOutcome.LastAdmin => AdminErrors.LastAdmin($"Key {id} is the only valid key with the scope admin"),
            _ => AdminErrors.NotFound($"key {id}"),
        };

    private async Task<IResult> RotateAsync(HttpContext http, long id, CancellationToken cancel)
    {
        var (body, problem) = http.Features.Get<IHttpRequestBodyDetectionFeature>() is { CanHaveBody: true }
            ? await AdminWire.ReadAsync(http.Request, AdminWire.Json.KeyRotate, cancel)
            : (new KeyRotate(0), null);
        if (problem is not null) return problem;
        var grace = body!.GraceSeconds ?? 0;
        if (grace is < 0 or > MaxGrace) return AdminErrors.BadField("grace_seconds", $"is {grace}; send 0 to {MaxGrace}");
        if ((await keyStore.ReadKeysAsync(cancel)).FirstOrDefault(key => key.Id == id) is not { } old)
            return AdminErrors.NotFound($"key {id}");
        if (old.Name == FirstKey.Name)
            return AdminErrors.Conflict(
                "first_key",
                $"The key \"{FirstKey.Name}\" is the configured one: change the setting api-key, "
                    + $"or remove DATA/{FirstKey.FileName}, and restart.");

        if (old.IsPerson)
            return AdminErrors.Conflict(
                "person", $"Key {id} belongs to a person whom the identity provider signs in, and is not a secret to replace.");

        var secret = ApiKey.NewKey();
        return await keyStore.RotateKeyAsync(
            id, ApiKey.HashOf(secret), clock.GetUtcNow().AddSeconds(grace), http.Actor(), cancel) is { } made
            ? TypedResults.Json(KeyBody.Of(made, secret), AdminWire.Json.KeyBody, statusCode: StatusCodes.Status201Created)
            : AdminErrors.Conflict("ended", $"Key {id} was revoked or has expired; create a new one.");
    }

    /// <summary>Default: submit and read.</summary>
    private static IResult? ScopesOf(IReadOnlyList<string>? names, out Scopes scopes)
    {
        scopes = names is { Count: > 0 } ? Scopes.None : Scopes.Submit | Scopes.Read;
        foreach (var name in names ?? [])
        {
            if (KeyScopes.Find(name) is not { } scope)
                return AdminErrors.BadField("scopes", $"contains \"{name}\"; send some of {string.Join(", ", KeyScopes.All)}");
            scopes |= scope;
        }
        return null;
    }
}
