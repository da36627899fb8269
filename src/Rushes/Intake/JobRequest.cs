using System.Text.Json;
using Rushes.Catalog;
using Rushes.Files;

namespace Rushes.Intake;

/// <summary>A request for a video, as its dialect read it.</summary>
public sealed record JobRequest
{
    public required int Account { get; init; }

    public required Model Model { get; init; }

    /// <summary>The fields the dialect takes for this model; the model's own when it has no list.</summary>
    public IReadOnlyList<Parameter>? Parameters { get; init; }

    /// <summary>
    /// An object, in the dialect's names. Media that came as base64 stand in it as tokens of <see cref="Media"/>.
    /// </summary>
    public required JsonElement Fields { get; init; }

    public IReadOnlyList<ReceivedMedia> Media { get; init; } = [];

    public string Dialect { get; init; } = "queue";

    /// <summary>
    /// Writes what the dialect wants back with the job, such as the whole request as it was sent; it is given the addresses of
    /// the stored media by field.
    /// </summary>
    public Func<IReadOnlyDictionary<string, FileUri>, string>? Echo { get; init; }

    /// <summary>The result is asked for as a link.</summary>
    public bool Binary { get; init; }

    /// <summary>
    /// Bigger goes first, where the dialect has a word of its own for it; else the field <c>priority</c> counts.
    /// </summary>
    public int? Priority { get; init; }

    public Callback? Callback { get; init; }

    /// <summary>Not started by then: failed.</summary>
    public DateTimeOffset? StartBy { get; init; }

    /// <summary>The client waits in this one call for the job's end.</summary>
    public bool AnsweredAtEnd { get; init; }

    /// <summary>The header <c>Idempotency-Key</c>, 1 to 255 characters.</summary>
    public string? IdempotencyKey { get; init; }
}

/// <summary>Where the end of the job is to be told.</summary>
/// <param name="Field">The field or query parameter that named it.</param>
public sealed record Callback(string Field, string Url)
{
    /// <summary>From a field of a body. A value that is not a string is rejected as an invalid URL.</summary>
    public static Callback? Of(JsonElement fields, string field) =>
        fields.TryGetProperty(field, out var url) && url.ValueKind != JsonValueKind.Null
            ? new Callback(field, url.ToString())
            : null;
}

/// <summary>Why a request was refused; each dialect says it in its own form.</summary>
/// <param name="Field">The field at fault; null when the whole body is.</param>
/// <param name="Message">A sentence that names the field, what was sent and what is allowed.</param>
public sealed record Problem(ProblemKind Kind, string Message, string? Field = null)
{
    /// <summary>
    /// When it is worth asking again; for <see cref="ProblemKind.TooMany"/> and <see cref="ProblemKind.Unavailable"/>.
    /// </summary>
    public TimeSpan? RetryAfter { get; init; }

    /// <summary>A word for programs where the kind alone says too little, such as a safety category.</summary>
    public string? Code { get; init; }

    /// <summary>With <see cref="ProblemKind.Unsafe"/>: what goes to the audit.</summary>
    internal SafetyRefusal? Unsafe { get; init; }

    /// <summary>A file was not looked at because too many others of its account wait for that.</summary>
    public static Problem InspectionBusy => new(
        ProblemKind.TooMany, "Too many media files of this account are waiting to be inspected; send the request again later.")
    {
        RetryAfter = TimeSpan.FromSeconds(5),
    };

    public static Problem BadField(string field, string reason) => new(ProblemKind.BadField, $"{field} {reason}", field);
}

public enum ProblemKind
{
    /// <summary>The body is no JSON object, or too deep.</summary>
    BadBody,

    /// <summary>The body came in a coding that is not read, such as gzip.</summary>
    Encoded,

    /// <summary>A field is missing, of the wrong type or out of range.</summary>
    BadField,

    /// <summary>A picture, sound or clip cannot be used.</summary>
    BadMedia,

    /// <summary>The body or one of its media is over the limit.</summary>
    TooLarge,

    /// <summary>The Idempotency-Key was used for something else.</summary>
    KeyReused,

    /// <summary>The account cannot pay for it.</summary>
    NoCredit,

    /// <summary>The account's plan does not allow this model, tier, length or size.</summary>
    NotAllowed,

    /// <summary>Too many requests, or too many jobs waiting.</summary>
    TooMany,

    /// <summary>The safety checker refused what was asked for.</summary>
    Unsafe,

    /// <summary>Something that the request needs does not answer just now.</summary>
    Unavailable,
}

public abstract record SubmitResult
{
    private SubmitResult() { }

    /// <summary>On disk.</summary>
    public sealed record Accepted(long Id) : SubmitResult;

    /// <summary>Nothing was stored or queued.</summary>
    public sealed record Refused(Problem Problem) : SubmitResult;

    public T Match<T>(Func<Accepted, T> accepted, Func<Refused, T> refused) =>
        this is Accepted made ? accepted(made) : refused((Refused)this);
}
