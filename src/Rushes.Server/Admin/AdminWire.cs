using System.Globalization;
using System.Text.Json;
using System.Text.Json.Serialization;
using Microsoft.AspNetCore.Http.HttpResults;
using Rushes.Accounts;
using Rushes.Catalog;
using Rushes.Server.Http;

namespace Rushes.Server.Admin;

internal sealed record AdminErrorBody(string Error, string? Field, string Code);

internal sealed record AccountCreate(string? Name, string? Plan);

/// <param name="WebhookUrl">An empty string removes it.</param>
internal sealed record AccountSet(string? Name, string? Plan, bool? Suspended, string? WebhookUrl);

internal sealed record AccountBody(
    int Id, string Name, string Plan, bool Suspended, DateTimeOffset CreatedAt, BalanceBody Balance, long StoredBytes,
    string? WebhookUrl)
{
    public static AccountBody Of(Account account, Balance balance, long stored) => new(
        account.Id, account.Name, account.Plan, account.Suspended, account.CreatedAt, BalanceBody.Of(balance), stored,
        account.WebhookUrl);
}

internal sealed record AccountList(IReadOnlyList<AccountBody> Accounts);

/// <summary>Amounts in units of the currency.</summary>
internal sealed record BalanceBody(string? Currency, decimal Credit, decimal Held)
{
    public static BalanceBody Of(Balance balance) =>
        new(balance.Currency, Money.Units(balance.Credit), Money.Units(balance.Held));
}

internal sealed record CreditAdd(decimal? Amount, string? Note, string? Reference);

/// <param name="Account">The id or the name.</param>
/// <param name="Networks">Such as <c>10.1.0.0/16</c>.</param>
internal sealed record KeyCreate(
    [property: JsonConverter(typeof(IdOrNameJson))] string? Account, string? Name, IReadOnlyList<string>? Scopes,
    [property: JsonConverter(typeof(UtcTimeJson))] DateTimeOffset? ExpiresAt,
    IReadOnlyList<string>? Networks);

internal sealed record KeyRotate(int? GraceSeconds);

/// <param name="Key">The key itself, which is returned only here.</param>
/// <param name="Person">Whether the identity provider signs in a person with it; programs cannot use it.</param>
internal sealed record KeyBody(
    long Id, string? Key, int Account, string Name, IReadOnlyList<string> Scopes, IReadOnlyList<string> Networks,
    DateTimeOffset CreatedAt,
    DateTimeOffset? ExpiresAt, DateTimeOffset? LastUsedAt, DateTimeOffset? RevokedAt, bool Person)
{
    public static KeyBody Of(ApiKey key, string? secret = null) => new(
        key.Id, secret, key.Account, key.Name, KeyScopes.Names(key.Scopes),
        [.. key.Networks.Select(network => network.ToString())], key.CreatedAt,
        key.ExpiresAt, key.LastUsedAt, key.RevokedAt, key.IsPerson);
}

internal sealed record KeyList(IReadOnlyList<KeyBody> Keys);

/// <summary>One line of an entry; the two lines of each sum to zero.</summary>
internal sealed record StatementLine(
    long Entry, DateTimeOffset At, string Kind,
    [property: JsonPropertyName("book")] string LedgerAccount, decimal Amount, string? Currency, long? Job, string? Note);

internal sealed record AuditBody(long Id, DateTimeOffset At, string Actor, string Action, string Subject, JsonElement Detail);

internal sealed record JobCancelled(string Outcome);

/// <param name="Name">The holder of the leases: <c>node/slot</c>.</param>
/// <param name="State"><c>idle</c>, <c>running</c>, <c>drained</c>, or <c>unable</c>: its engine or its disk
/// prevents jobs.</param>
/// <param name="Models">Ids of the models that it can run now.</param>
/// <param name="Loaded">The model that is loaded in its engine.</param>
/// <param name="LoadedLora">The LoRA that the loaded model is changed with.</param>
/// <param name="Wants">What it lacks: for all jobs if it is unable, otherwise for some models.</param>
/// <param name="Parts">The states of the parts of its engine.</param>
/// <param name="SeenAt">When a remote worker last contacted the gateway.</param>
internal sealed record WorkerBody(
    string Name, bool Remote, string State, bool Drained, string Engine, string Version, GpuBody? Gpu,
    IReadOnlyList<string> Models, string? Loaded, string? LoadedLora,
    IReadOnlyList<string> Wants, IReadOnlyList<WorkerPartBody> Parts, DateTimeOffset? SeenAt, WorkerJobBody? Job);

/// <summary>A part of a worker's engine, such as a server or a program.</summary>
/// <param name="State"><c>ready</c>, <c>suspect</c>, <c>away</c> or <c>sick</c>.</param>
/// <param name="Reason">What is wrong and how to fix it; null if nothing is.</param>
/// <param name="Models">Ids of the models that it runs when it is healthy.</param>
internal sealed record WorkerPartBody(string Name, string State, string? Reason, IReadOnlyList<string> Models);

internal sealed record GpuBody(string Name, long Megabytes);

internal sealed record WorkerJobBody(string Id, string Model, int Done, int Total, DateTimeOffset StartedAt);

internal sealed record AdminLanes(IReadOnlyList<AdminLane> Lanes);

internal sealed record AdminLane(string Id, string Title, bool Paused, int Queued, int Running);

/// <summary>The plans of the catalog by name; a missing value means no limit.</summary>
internal sealed record PlanList(IReadOnlyDictionary<string, PlanBody> Plans);

internal sealed record PlanBody(
    string Currency, bool Charging, double? RequestsPerSecond, int? JobsPerWindow, int? WindowSeconds,
    [property: JsonPropertyName("most_queued")] int? MaxQueued,
    [property: JsonPropertyName("most_running")] int? MaxRunning, int? Weight,
    long? MaxInputBytes, long? MaxStoredBytes, double? MaxSeconds, int? MaxSide, IReadOnlyList<string>? Models,
    [property: JsonPropertyName("highest_tier")] string? MaxTier, string? Draft, bool SafetyRequired)
{
    public static PlanBody Of(Plan plan) => new(
        plan.Currency, plan.Charging, plan.RequestsPerSecond, plan.JobsPerWindow, plan.WindowSeconds, plan.MaxQueued,
        plan.MaxRunning, plan.Weight,
        plan.MaxInputBytes, plan.MaxStoredBytes, plan.MaxSeconds, plan.MaxSide, plan.Models, plan.MaxTier,
        plan.Draft switch { DraftWish.None => null, DraftWish.Approve => "approve", _ => "true" }, plan.SafetyRequired);
}

internal sealed record WorkerList(IReadOnlyList<WorkerBody> Workers);

[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower, UnmappedMemberHandling = JsonUnmappedMemberHandling.Disallow,
    AllowDuplicateProperties = false)]
[JsonSerializable(typeof(AdminErrorBody))]
[JsonSerializable(typeof(AccountCreate))]
[JsonSerializable(typeof(AccountSet))]
[JsonSerializable(typeof(AccountBody))]
[JsonSerializable(typeof(AccountList))]
[JsonSerializable(typeof(BalanceBody))]
[JsonSerializable(typeof(CreditAdd))]
[JsonSerializable(typeof(KeyCreate))]
[JsonSerializable(typeof(KeyRotate))]
[JsonSerializable(typeof(KeyBody))]
[JsonSerializable(typeof(KeyList))]
[JsonSerializable(typeof(IAsyncEnumerable<StatementLine>))]
[JsonSerializable(typeof(AuditBody))]
[JsonSerializable(typeof(JobCancelled))]
[JsonSerializable(typeof(WorkerList))]
[JsonSerializable(typeof(AdminLanes))]
[JsonSerializable(typeof(PlanList))]
[JsonSerializable(typeof(UsageBody))]
internal sealed partial class AdminJson : JsonSerializerContext;

/// <summary>An account's id, as a number or in a string, or its name.</summary>
internal sealed class IdOrNameJson : JsonConverter<string>
{
    public override string? Read(
        ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options) => reader.TokenType switch
    {
        JsonTokenType.String => reader.GetString(),
        JsonTokenType.Number when reader.TryGetInt32(out var id) => id.ToString(CultureInfo.InvariantCulture),
        _ => throw new JsonException(),
    };

    public override void Write(Utf8JsonWriter writer, string value, JsonSerializerOptions options) =>
        writer.WriteStringValue(value);
}

/// <summary>A time; one without a zone is UTC, as in queries, and not the local time of the gateway's machine.</summary>
internal sealed class UtcTimeJson : JsonConverter<DateTimeOffset>
{
    public override DateTimeOffset Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options) =>
        reader.TryGetDateTime(out var time) && time.Kind == DateTimeKind.Unspecified
            ? new DateTimeOffset(time, TimeSpan.Zero)
            : reader.GetDateTimeOffset();

    public override void Write(Utf8JsonWriter writer, DateTimeOffset value, JsonSerializerOptions options) =>
        writer.WriteStringValue(value);
}

internal static class AdminWire
{
    public static readonly AdminJson Json = new(Options());

    /// <summary>The body, or the error.</summary>
    public static async Task<(T? Body, JsonHttpResult<AdminErrorBody>? Problem)> ReadAsync<T>(
        HttpRequest request, System.Text.Json.Serialization.Metadata.JsonTypeInfo<T> type, CancellationToken cancel)
        where T : class
    {
        try
        {
            return await JsonSerializer.DeserializeAsync(request.Body, type, cancel) is { } body
                ? (body, null)
                : (null, AdminErrors.BadBody("The body is null; send a JSON object."));
        }
        catch (JsonException error)
        {
            return (null, AdminErrors.BadBody($"The body cannot be read at {error.Path ?? "$"}, line {error.LineNumber + 1}; "
                + "send a JSON object with this call's fields only."));
        }
    }

    private static JsonSerializerOptions Options() => new(WireOptions.New())
    {
        PropertyNamingPolicy = JsonNamingPolicy.SnakeCaseLower,
        UnmappedMemberHandling = JsonUnmappedMemberHandling.Disallow,
        AllowDuplicateProperties = false,
    };
}
