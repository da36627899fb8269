using System.Text.Json;
using Rushes.Catalog;
using Rushes.Files;
using Rushes.Jobs;

namespace Rushes.Intake;

/// <summary>A request for a video, as parsed by its dialect.</summary>
public sealed record JobRequest
{
    public required int Account { get; init; }

    public required Model Model { get; init; }

    /// <summary>The fields that the dialect accepts for this model; null for the model's own fields.</summary>
    public IReadOnlyList<Parameter>? Parameters { get; init; }

    /// <summary>
    /// An object with the dialect's names. Media sent as base64 are replaced by tokens of <see cref="Media"/>.
    /// </summary>
    public required JsonElement Fields { get; init; }

    public IReadOnlyList<ReceivedMedia> Media { get; init; } = [];

    public string Dialect { get; init; } = "queue";

    /// <summary>
    /// Creates what the dialect returns with the job later, such as the request itself, from the addresses of the stored
    /// media by field.
    /// </summary>
    public Func<IReadOnlyDictionary<string, FileUri>, string>? Echo { get; init; }

    /// <summary>The result is requested as a URL.</summary>
    public bool Binary { get; init; }

    /// <summary>Higher first, if the dialect has its own way to set it; otherwise the field <c>priority</c> counts.</summary>
    public int? Priority { get; init; }

    public Callback? Callback { get; init; }

    /// <summary>
    /// Without <see cref="Callback"/>, the end of the job is posted to the account's webhook URL, if it has one.
    /// </summary>
    public bool UsesAccountWebhook { get; init; }

    /// <summary>The job fails if it has not started by then.</summary>
    public DateTimeOffset? StartBy { get; init; }

    /// <summary>The job fails if it has not ended within this time.</summary>
    public JobTimeout? Timeout { get; init; }

    /// <summary>The client waits for the end of the job in this call.</summary>
    public bool AnsweredAtEnd { get; init; }

    /// <summary>The header <c>Idempotency-Key</c>, 1 to 255 characters.</summary>
    public string? IdempotencyKey { get; init; }
}

/// <summary>The webhook of a request.</summary>
/// <param name="Field">The field or query parameter that contained it.</param>
public sealed record Callback(string Field, string Url)
{
    public WebhookEvents Events { get; init; } = WebhookEvents.End;

    /// <summary>From a field of a body. A value that is not a string is rejected as an invalid URL.</summary>
    public static Callback? Of(JsonElement fields, string field) =>
        fields.TryGetProperty(field, out var url) && url.ValueKind != JsonValueKind.Null
            ? new Callback(field, url.ToString())
            : null;
}

/// <summary>Why a request was rejected; each dialect formats it in its own way.</summary>
/// <param name="Field">The invalid field; null if it is the whole body.</param>
/// <param name="Message">Names the field, what was sent and what is allowed.</param>
public sealed record Problem(ProblemKind Kind, string Message, string? Field = null)
{
    /// <summary>When to retry; for <see cref="ProblemKind.TooMany"/> and <see cref="ProblemKind.Unavailable"/>.</summary>
    public TimeSpan? RetryAfter { get; init; }

    /// <summary>A stable identifier that is more specific than the kind, such as a safety category.</summary>
    public string? Code { get; init; }

    /// <summary>With <see cref="ProblemKind.Unsafe"/>: what is recorded in the audit log.</summary>
    internal SafetyRejection? Unsafe { get; init; }

    /// <summary>A file was not inspected because too many others of its account are waiting.</summary>
    public static Problem InspectionBusy => new(
        ProblemKind.TooMany, "Too many media files of this account are waiting to be inspected; send the request again later.")
    {
        RetryAfter = TimeSpan.FromSeconds(5),
    };

    public static Problem BadField(string field, string reason) => new(ProblemKind.BadField, $"{field} {reason}", field);
}

public enum ProblemKind
{
    /// <summary>The body is not a JSON object, or nested too deeply.</summary>
    BadBody,

    /// <summary>The body has an unsupported content coding, such as gzip.</summary>
    Encoded,

    /// <summary>A field is missing, has the wrong type or is out of range.</summary>
    BadField,

    /// <summary>An image, audio or clip cannot be used.</summary>
    BadMedia,

    /// <summary>The body or one of its media exceeds a limit.</summary>
    TooLarge,

    /// <summary>The Idempotency-Key was used with another request.</summary>
    KeyReused,

    /// <summary>The account's credit is too low.</summary>
    NoCredit,

    /// <summary>The account plan does not allow this model, tier, length or size.</summary>
    NotAllowed,

    /// <summary>Too many requests, or too many queued jobs.</summary>
    TooMany,

    /// <summary>The safety checker rejected the request.</summary>
    Unsafe,

    /// <summary>Something that the request needs is unavailable.</summary>
    Unavailable,
}

public abstract record SubmitResult
{
    private SubmitResult() { }

    /// <summary>Stored on disk.</summary>
    /// <param name="Created">What was stored; null if an earlier request with the same Idempotency-Key created the job.</param>
    public sealed record Accepted(long Id, NewJob? Created = null) : SubmitResult;

    /// <summary>Nothing was stored or queued.</summary>
    public sealed record Rejected(Problem Problem) : SubmitResult;

    public T Match<T>(Func<Accepted, T> accepted, Func<Rejected, T> rejected) =>
        this is Accepted made ? accepted(made) : rejected((Rejected)this);
}
