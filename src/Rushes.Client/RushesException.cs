using System.Net;

namespace Rushes.Client;

/// <summary>The gateway returned an error, the job failed, or the gateway cannot be reached.</summary>
public sealed class RushesException : Exception
{
    internal RushesException(string code, string message, Exception? inner = null)
        : base(message, inner) => Code = code;

    /// <summary>The HTTP status of the error response; null if the job failed or the gateway cannot be reached.</summary>
    public HttpStatusCode? Status { get; internal init; }

    /// <summary>
    /// The machine-readable code: the API's (<c>bad_field</c>, <c>insufficient_credit</c>), the code of a failed job, or the
    /// client's own
    /// <c>unreachable</c>, <c>cancelled</c>, <c>unreadable_media</c>, <c>bad_answer</c>.
    /// </summary>
    public string Code { get; }

    /// <summary>The invalid field, by its name in the API.</summary>
    public string? Field { get; internal init; }

    /// <summary>When to retry, if the gateway sent <c>Retry-After</c>.</summary>
    public TimeSpan? RetryAfter { get; internal init; }

    /// <summary>The job that failed or was cancelled.</summary>
    public Job? Job { get; internal init; }
}
