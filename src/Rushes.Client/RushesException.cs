using System.Net;

namespace Rushes.Client;

/// <summary>The gateway refused, the job failed, or nobody answered. The message is a sentence for people.</summary>
public sealed class RushesException : Exception
{
    internal RushesException(string code, string message, Exception? inner = null)
        : base(message, inner) => Code = code;

    /// <summary>The HTTP status of a refusal; null when there was none: the job failed, or the gateway cannot be reached.</summary>
    public HttpStatusCode? Status { get; internal init; }

    /// <summary>
    /// A word for programs: the API's (<c>bad_field</c>, <c>insufficient_credit</c>), the reason a job failed for, or the client's own
    /// <c>unreachable</c>, <c>cancelled</c>, <c>unreadable_media</c>, <c>bad_answer</c>.
    /// </summary>
    public string Code { get; }

    /// <summary>The field that was refused, as the API spells it.</summary>
    public string? Field { get; internal init; }

    /// <summary>When it may be tried again, if the gateway said so.</summary>
    public TimeSpan? RetryAfter { get; internal init; }

    /// <summary>The job that failed or was cancelled.</summary>
    public Job? Job { get; internal init; }
}
