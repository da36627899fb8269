using System.Text.Json;
using Rushes.Catalog;

namespace Rushes.Intake;

/// <summary>A request for a video, in the queue dialect's field names whatever dialect it came by.</summary>
public sealed record JobRequest
{
    public required int Account { get; init; }

    public required Model Model { get; init; }

    /// <summary>An object. Media that came as base64 stand in it as tokens of <see cref="Media"/>.</summary>
    public required JsonElement Fields { get; init; }

    public IReadOnlyList<ReceivedMedia> Media { get; init; } = [];

    /// <summary>The result is asked for as a link.</summary>
    public bool Binary { get; init; }
}

/// <summary>Why a request was refused; each dialect says it in its own form.</summary>
/// <param name="Field">The field at fault; null when the whole body is.</param>
/// <param name="Message">A sentence that names the field, what was sent and what is allowed.</param>
public sealed record Problem(ProblemKind Kind, string Message, string? Field = null)
{
    public static Problem BadField(string field, string reason) => new(ProblemKind.BadField, $"{field} {reason}", field);
}

public enum ProblemKind
{
    /// <summary>The body is no JSON object, or too deep.</summary>
    BadBody,

    /// <summary>A field is missing, of the wrong type or out of range.</summary>
    BadField,

    /// <summary>A picture, sound or clip cannot be used.</summary>
    BadMedia,

    /// <summary>The body or one of its media is over the limit.</summary>
    TooLarge,
}

public abstract record SubmitResult
{
    private SubmitResult() { }

    /// <summary>On disk.</summary>
    public sealed record Accepted(long Id) : SubmitResult;

    /// <summary>Nothing was stored or queued.</summary>
    public sealed record Refused(Problem Problem) : SubmitResult;
}
