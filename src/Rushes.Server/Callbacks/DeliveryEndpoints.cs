using System.Text.Json.Serialization;
using Microsoft.AspNetCore.Http.HttpResults;
using Rushes.Accounts;
using Rushes.Database;
using Rushes.Intake;
using Rushes.Server.Auth;
using Rushes.Webhooks;

namespace Rushes.Server.Callbacks;

/// <summary>
/// The webhooks of an account, independent of the job's dialect: all attempts, redelivery, and the secret for checking
/// signatures.
/// </summary>
internal sealed class DeliveryEndpoints(JobDesk desk, Signatures signatures)
{
    public void Map(IEndpointRouteBuilder routes)
    {
        routes.MapGet("/webhooks/secret", Secret).RequireScope(Scopes.Read);
        routes.MapGet("/webhooks/jobs/{id}", ReadAsync).RequireScope(Scopes.Read);
        routes.MapPost("/webhooks/deliveries/{delivery:long}/redeliver", RedeliverAsync)
            .RequireScope(Scopes.Submit)
            .LimitRate(CallRate.Redelivery);
    }

    private JsonHttpResult<SecretBody> Secret(HttpContext http) =>
        TypedResults.Json(new SecretBody(signatures.SecretOf(http.Caller().Account)), DeliveryJson.Default.SecretBody);

    private async Task<Results<JsonHttpResult<DeliveriesBody>, NotFound>> ReadAsync(
        HttpContext http, string id, CancellationToken cancel)
    {
        var account = http.Caller().Account;
        if (desk.NumberOf(id) is not { } number || await desk.ReadAsync(number, account, null, cancel) is not { } job)
            return TypedResults.NotFound();
        var logs = await desk.ReadDeliveriesAsync(job, cancel);
        return TypedResults.Json(new DeliveriesBody([.. logs.Select(DeliveryBody.Of)]), DeliveryJson.Default.DeliveriesBody);
    }

    private async Task<Results<Accepted, NotFound>> RedeliverAsync(HttpContext http, long delivery, CancellationToken cancel) =>
        await desk.RedeliverAsync(delivery, http.Caller().Account, cancel)
            ? TypedResults.Accepted((string?)null)
            : TypedResults.NotFound();
}

internal sealed record SecretBody([property: JsonPropertyName("secret")] string Secret);

internal sealed record DeliveriesBody([property: JsonPropertyName("deliveries")] IReadOnlyList<DeliveryBody> Deliveries);

internal sealed record DeliveryBody(
    [property: JsonPropertyName("id")] long Id,
    [property: JsonPropertyName("event")] string Event,
    [property: JsonPropertyName("url")] string Url,
    [property: JsonPropertyName("state")] string State,
    [property: JsonPropertyName("next_at")] DateTimeOffset? NextAt,
    [property: JsonPropertyName("tries")] IReadOnlyList<TryBody> Tries)
{
    public static DeliveryBody Of(DeliveryLog log) => new(
        log.Delivery.Id, log.Delivery.Event.ToString().ToLowerInvariant(), log.Delivery.Url,
        log.Delivery.State.ToString().ToLowerInvariant(), log.Delivery.NextAt,
        [.. log.Tries.Select(TryBody.Of)]);
}

internal sealed record TryBody(
    [property: JsonPropertyName("number")] int Number,
    [property: JsonPropertyName("at")] DateTimeOffset At,
    [property: JsonPropertyName("status")] int? Status,
    [property: JsonPropertyName("ms")] int Milliseconds,
    [property: JsonPropertyName("answer")] string? Answer,
    [property: JsonPropertyName("error")] string? Error)
{
    public static TryBody Of(DeliveryTry made) =>
        new(made.Number, made.At, made.Status, made.Milliseconds, made.Answer, made.Error);
}

[JsonSerializable(typeof(SecretBody))]
[JsonSerializable(typeof(DeliveriesBody))]
internal sealed partial class DeliveryJson : JsonSerializerContext;
