using System.Diagnostics.CodeAnalysis;
using System.Globalization;
using System.Text.Json.Serialization;
using Rushes.Accounts;
using Rushes.Jobs;
using Rushes.Server.Http;
using Rushes.Server.JobResponses;

namespace Rushes.Server.Dialects.Queue;

/// <param name="Next">The value of <c>before</c> for the next page; null on the last page.</param>
internal sealed record QueueList(
    [property: JsonPropertyName("jobs")] IReadOnlyList<QueueListed> Jobs,
    [property: JsonPropertyName("next")] string? Next);

/// <summary>A job in a list: its status and the start of its input.</summary>
internal record QueueListed : QueueStatus
{
    [SetsRequiredMembers]
    internal QueueListed(QueueStatus status, Job job, string prompt, string? account, string currency)
        : base(status)
    {
        (RequestId, Model, Prompt, Dialect, Account) =
            (job.Id.ToString(CultureInfo.InvariantCulture), job.Model, prompt, job.Dialect, account);
        (CreatedAt, StartedAt, EndedAt) = (job.CreatedAt, job.StartedAt, job.EndedAt);
        Deadline = job.Deadline;
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

    /// <summary>The account's name; only for operators.</summary>
    [JsonPropertyName("account")]
    public string? Account { get; }

    [JsonPropertyName("created_at")]
    public DateTimeOffset CreatedAt { get; }

    /// <summary>When its current or last run started.</summary>
    [JsonPropertyName("started_at")]
    public DateTimeOffset? StartedAt { get; }

    [JsonPropertyName("ended_at")]
    public DateTimeOffset? EndedAt { get; }

    /// <summary>The job fails if it has not ended by then; null: no limit.</summary>
    [JsonPropertyName("deadline")]
    public DateTimeOffset? Deadline { get; }

    /// <summary>Held until the job ends, charged if it completes; null if it is free.</summary>
    [JsonPropertyName("price")]
    public decimal? Price { get; }

    [JsonPropertyName("currency")]
    public string? Currency { get; }
}

/// <summary>A job with its runs.</summary>
internal sealed record QueueHistory : QueueListed
{
    [SetsRequiredMembers]
    internal QueueHistory(QueueListed listed, string uuid, Job job, IReadOnlyList<RunBody> runs)
        : base(listed) => (Uuid, Runs, Attempts, Interruptions) = (uuid, runs, job.Attempts, job.Interruptions);

    /// <summary>The job's id in other APIs.</summary>
    [JsonPropertyName("uuid")]
    public string Uuid { get; }

    /// <summary>Oldest first.</summary>
    [JsonPropertyName("runs")]
    public IReadOnlyList<RunBody> Runs { get; }

    /// <summary>Runs that ended with an engine failure or an expired lease.</summary>
    [JsonPropertyName("attempts")]
    public int Attempts { get; }

    /// <summary>Runs that ended because the gateway stopped.</summary>
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
