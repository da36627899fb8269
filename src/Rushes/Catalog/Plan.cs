using System.Text.Json.Serialization;

namespace Rushes.Catalog;

/// <summary>An account plan: prices and limits. Null means no limit.</summary>
public sealed record Plan
{
    /// <summary>The plan of new accounts: free and without limits, unless the operator's catalog changes it.</summary>
    public const string Default = "default";

    [JsonIgnore]
    public string Name { get; init; } = Default;

    /// <summary>Three letters (ISO 4217); the currency of the catalog's prices.</summary>
    public string Currency { get; init; } = "USD";

    /// <summary>Jobs are paid from the account's credit; otherwise they are free.</summary>
    public bool Charging { get; init; }

    /// <summary>Requests of any kind per second; the burst is one second's worth.</summary>
    public double? RequestsPerSecond { get; init; }

    /// <summary>Jobs in any <see cref="WindowSeconds"/>; both are set together.</summary>
    public int? JobsPerWindow { get; init; }

    public int? WindowSeconds { get; init; }

    /// <summary>Maximum queued jobs.</summary>
    [JsonPropertyName("mostQueued")]
    public int? MaxQueued { get; init; }

    /// <summary>The concurrency limit: maximum running jobs.</summary>
    [JsonPropertyName("mostRunning")]
    public int? MaxRunning { get; init; }

    /// <summary>The account's weight with fair share; 1 by default.</summary>
    public int? Weight { get; init; }

    /// <summary>Maximum total bytes of a request's media, decoded.</summary>
    public long? MaxInputBytes { get; init; }

    /// <summary>Maximum total bytes of the account's stored inputs, uploads and results.</summary>
    public long? MaxStoredBytes { get; init; }

    /// <summary>Maximum length of a video in seconds.</summary>
    public double? MaxSeconds { get; init; }

    /// <summary>Maximum pixels of the longer side of a result.</summary>
    public int? MaxSide { get; init; }

    /// <summary>The allowed models; <c>*</c> matches any letters: <c>wan22-fast-*</c>.</summary>
    public IReadOnlyList<string>? Models { get; init; }

    /// <summary>The name of the highest allowed tier.</summary>
    [JsonPropertyName("highestTier")]
    public string? MaxTier { get; init; }

    /// <summary>Requests for models that no worker can run now are rejected.</summary>
    public bool RejectUnavailable { get; init; }

    /// <summary>For requests that do not specify whether they want a draft.</summary>
    [JsonConverter(typeof(DraftWishJson))]
    public DraftWish Draft { get; init; }

    /// <summary>Every job must pass the safety checker, regardless of the request.</summary>
    public bool SafetyRequired { get; init; }
}
