using System.Text.Json.Serialization;

namespace Rushes.Client;

// The gateway's responses. Unknown fields are ignored.

internal sealed record CreatedBody([property: JsonPropertyName("request_id")] string RequestId);

internal record StatusBody
{
    [JsonPropertyName("status")]
    public required string Status { get; init; }

    [JsonPropertyName("queue_position")]
    public int? QueuePosition { get; init; }

    [JsonPropertyName("statusMessages")]
    public MessagesBody? Messages { get; init; }

    [JsonPropertyName("etaSeconds")]
    public double? EtaSeconds { get; init; }

    [JsonPropertyName("unavailable")]
    public bool Unavailable { get; init; }

    [JsonPropertyName("error_code")]
    public string? ErrorCode { get; init; }

    [JsonPropertyName("draft_url")]
    public Uri? DraftUrl { get; init; }

    [JsonPropertyName("draft_error")]
    public string? DraftError { get; init; }

    [JsonPropertyName("expires_at")]
    public DateTimeOffset? ExpiresAt { get; init; }

    /// <summary>The API's status for a state.</summary>
    public static string NameOf(JobState state) => state switch
    {
        JobState.Queued or JobState.AwaitingApproval => "IN_QUEUE",
        JobState.Running => "IN_PROGRESS",
        JobState.Completed => "COMPLETED",
        JobState.Failed => "FAILED",
        _ => "CANCELLED",
    };

    /// <exception cref="RushesException">This client does not know the status.</exception>
    public JobStatus Read()
    {
        var (done, total) = Tasks(Messages?.DetailMessage);
        return new JobStatus
        {
            State = Status switch
            {
                "IN_QUEUE" => Messages?.Message == "AWAITING_APPROVAL" ? JobState.AwaitingApproval : JobState.Queued,
                "IN_PROGRESS" => JobState.Running,
                "COMPLETED" => JobState.Completed,
                "FAILED" => JobState.Failed,
                "CANCELLED" => JobState.Cancelled,
                _ =>
                    throw new RushesException(
                        "bad_answer",
                        $"The job's status is \"{Status}\", which this client does not know. Update Rushes.Client."),
            },
            QueuePosition = Status == "IN_QUEUE" ? QueuePosition : null,
            Eta = Status == "IN_QUEUE" && EtaSeconds is { } eta ? TimeSpan.FromSeconds(eta) : null,
            IsUnavailable = Unavailable,
            EstimatedRun = Messages?.EstimatedTotalTimeSeconds is { } run ? TimeSpan.FromSeconds(run) : null,
            TasksDone = done,
            TasksTotal = total,
            DraftUrl = DraftUrl,
            DraftError = DraftError,
            Error = Status == "FAILED" ? Messages?.Message : null,
            ErrorCode = ErrorCode,
            ResultUri = Messages?.ResultUri,
            ExpiresAt = ExpiresAt,
        };
    }

    /// <summary>Parses <c>Progress: 4/24 Tasks done</c>.</summary>
    private static (int Done, int Total) Tasks(string? detail) =>
        detail?.Split(' ') is [_, var counts, ..]
            && counts.Split('/') is [var done, var total]
            && int.TryParse(done, out var some)
            && int.TryParse(total, out var all)
            ? (some, all)
            : default;
}

internal sealed record ListBody(
    [property: JsonPropertyName("jobs")] IReadOnlyList<ListedBody> Jobs, [property: JsonPropertyName("next")] string? Next);

internal sealed record ListedBody : StatusBody
{
    [JsonPropertyName("request_id")]
    public required string RequestId { get; init; }

    [JsonPropertyName("model")]
    public required string Model { get; init; }

    [JsonPropertyName("prompt")]
    public required string Prompt { get; init; }

    [JsonPropertyName("created_at")]
    public required DateTimeOffset CreatedAt { get; init; }

    [JsonPropertyName("started_at")]
    public DateTimeOffset? StartedAt { get; init; }

    [JsonPropertyName("ended_at")]
    public DateTimeOffset? EndedAt { get; init; }

    [JsonPropertyName("price")]
    public decimal? Price { get; init; }

    [JsonPropertyName("currency")]
    public string? Currency { get; init; }

    /// <inheritdoc cref="StatusBody.Read"/>
    public JobSummary ReadSummary() => new()
    {
        Job = new Job(Model, RequestId), Status = Read(), Prompt = Prompt, CreatedAt = CreatedAt, StartedAt = StartedAt,
        EndedAt = EndedAt, Price = Price, Currency = Currency,
    };
}

internal sealed record MessagesBody
{
    [JsonPropertyName("message")]
    public string? Message { get; init; }

    [JsonPropertyName("detail_message")]
    public string? DetailMessage { get; init; }

    [JsonPropertyName("estimated_total_time_seconds")]
    public double? EstimatedTotalTimeSeconds { get; init; }

    [JsonPropertyName("result_uri")]
    public Uri? ResultUri { get; init; }
}

internal sealed record ResultBody([property: JsonPropertyName("video")] LinkBody Video);

internal sealed record LinkBody([property: JsonPropertyName("data_url")] Uri Url);

internal sealed record ErrorBody(
    [property: JsonPropertyName("error")] string? Error,
    [property: JsonPropertyName("field")] string? Field,
    [property: JsonPropertyName("code")] string? Code);

internal sealed record ModelsBody([property: JsonPropertyName("models")] IReadOnlyList<ModelInfo> Models);

internal sealed record FoundBody(
    [property: JsonPropertyName("request_id")] string RequestId, [property: JsonPropertyName("model")] string Model);

internal sealed record SecretBody([property: JsonPropertyName("secret")] string Secret);

internal sealed record DeliveriesBody([property: JsonPropertyName("deliveries")] IReadOnlyList<Delivery> Deliveries);

internal sealed record CallbackBody
{
    [JsonPropertyName("request_id")]
    public required string RequestId { get; init; }

    [JsonPropertyName("response_url")]
    public required Uri ResponseUrl { get; init; }

    [JsonPropertyName("video")]
    public LinkBody? Video { get; init; }
}

[JsonSerializable(typeof(CreatedBody))]
[JsonSerializable(typeof(StatusBody))]
[JsonSerializable(typeof(ListBody))]
[JsonSerializable(typeof(ResultBody))]
[JsonSerializable(typeof(ErrorBody))]
[JsonSerializable(typeof(SecretBody))]
[JsonSerializable(typeof(DeliveriesBody))]
[JsonSerializable(typeof(CallbackBody))]
[JsonSerializable(typeof(Estimate))]
[JsonSerializable(typeof(ModelsBody))]
[JsonSerializable(typeof(FoundBody))]
internal sealed partial class WireJson : JsonSerializerContext;
