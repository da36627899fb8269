using System.Text.Json.Serialization;

namespace Rushes.Catalog;

/// <summary>What an account pays and how much it may ask for. Null means no limit.</summary>
public sealed record Plan
{
    /// <summary>
    /// The plan of an account that was given no other: free and without limits, unless the operator's catalog says
    /// otherwise.
    /// </summary>
    public const string Default = "default";

    [JsonIgnore]
    public string Name { get; init; } = Default;

    /// <summary>Three letters (ISO 4217); the catalog's prices are in its unit.</summary>
    public string Currency { get; init; } = "USD";

    /// <summary>Jobs are paid for from the account's credit; else they are free.</summary>
    public bool Charging { get; init; }

    /// <summary>Requests of any kind a second, over time; a second's worth may come at once.</summary>
    public double? RequestsPerSecond { get; init; }

    /// <summary>Jobs in any <see cref="WindowSeconds"/>; the two are given together.</summary>
    public int? JobsPerWindow { get; init; }

    public int? WindowSeconds { get; init; }

    /// <summary>Jobs waiting at once.</summary>
    public int? MostQueued { get; init; }

    /// <summary>Jobs running at once.</summary>
    public int? MostRunning { get; init; }

    /// <summary>Share of the workers against other accounts, where fair share is on; 1 when not given.</summary>
    public int? Weight { get; init; }

    /// <summary>Bytes of a request's media together, decoded.</summary>
    public long? MaxInputBytes { get; init; }

    /// <summary>Maximum total bytes of the account's stored inputs, uploads and results.</summary>
    public long? MaxStoredBytes { get; init; }

    /// <summary>Seconds of a video.</summary>
    public double? MaxSeconds { get; init; }

    /// <summary>Pixels of a video's longer side as delivered.</summary>
    public int? MaxSide { get; init; }

    /// <summary>The models that may be asked for, <c>*</c> standing for any letters: <c>wan22-fast-*</c>.</summary>
    public IReadOnlyList<string>? Models { get; init; }

    /// <summary>A tier's name; models of a higher rank are refused.</summary>
    public string? HighestTier { get; init; }

    /// <summary>Requests for models that no worker can make now are rejected.</summary>
    public bool RejectUnavailable { get; init; }

    /// <summary>For requests that do not say themselves whether they want a draft first.</summary>
    [JsonConverter(typeof(DraftWishJson))]
    public DraftWish Draft { get; init; }

    /// <summary>Every job must pass the safety checker, whatever the request says.</summary>
    public bool SafetyRequired { get; init; }
}
