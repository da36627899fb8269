using System.Diagnostics.CodeAnalysis;
using System.Globalization;
using System.Text.Json.Serialization;
using Rushes.Accounts;
using Rushes.Jobs;

namespace Rushes.Server.Dialects.Queue;

/// <param name="Next">What <c>before</c> has to be for the next page; null: there is none.</param>
internal sealed record QueueList(
    [property: JsonPropertyName("jobs")] IReadOnlyList<QueueListed> Jobs,
    [property: JsonPropertyName("next")] string? Next);

/// <summary>A request in a list: its status, and what was asked for.</summary>
internal record QueueListed : QueueStatus
{
    [SetsRequiredMembers]
    internal QueueListed(QueueStatus status, Job job, string prompt, string? account, string currency)
        : base(status)
    {
        (RequestId, Model, Prompt, Dialect, Account) = (job.Id.ToString(CultureInfo.InvariantCulture), job.Model, prompt, job.Dialect, account);
        (CreatedAt, StartedAt, EndedAt) = (job.CreatedAt, job.StartedAt, job.EndedAt);
        if (job.Price > 0) (Price, Currency) = (Money.Units(job.Price), currency);
    }

    [JsonPropertyName("request_id")]
    public string RequestId { get; }

    [JsonPropertyName("model")]
    public string Model { get; }

    [JsonPropertyName("prompt")]
    public string Prompt { get; }

    [JsonPropertyName("dialect")]
    public string Dialect { get; }

    /// <summary>Its name, for operators.</summary>
    [JsonPropertyName("account")]
    public string? Account { get; }

    [JsonPropertyName("created_at")]
    public DateTimeOffset CreatedAt { get; }

    /// <summary>When its present or last run began.</summary>
    [JsonPropertyName("started_at")]
    public DateTimeOffset? StartedAt { get; }

    [JsonPropertyName("ended_at")]
    public DateTimeOffset? EndedAt { get; }

    /// <summary>Held while it waits and runs, paid once it is completed; none: free.</summary>
    [JsonPropertyName("price")]
    public decimal? Price { get; }

    [JsonPropertyName("currency")]
    public string? Currency { get; }
}

/// <summary>What has happened to a request.</summary>
internal sealed record QueueHistory : QueueListed
{
    [SetsRequiredMembers]
    internal QueueHistory(QueueListed listed, string uuid, Job job, IReadOnlyList<RunBody> runs)
        : base(listed) => (Uuid, Runs, Attempts, Interruptions) = (uuid, runs, job.Attempts, job.Interruptions);

    /// <summary>What other dialects call it.</summary>
    [JsonPropertyName("uuid")]
    public string Uuid { get; }

    /// <summary>Oldest first.</summary>
    [JsonPropertyName("runs")]
    public IReadOnlyList<RunBody> Runs { get; }

    /// <summary>Runs that an engine or a lost worker ended.</summary>
    [JsonPropertyName("attempts")]
    public int Attempts { get; }

    /// <summary>Runs that a gateway's stop ended.</summary>
    [JsonPropertyName("interruptions")]
    public int Interruptions { get; }
}

[JsonSerializable(typeof(QueueList))]
[JsonSerializable(typeof(QueueHistory))]
internal sealed partial class QueueListJson : JsonSerializerContext;

internal static class QueueListWire
{
    public static readonly QueueListJson Json = new(WireOptions.New());
}
