using Rushes.Intake;

namespace Rushes.Server.Http;

/// <summary>The <c>Job-Timeout</c> header of a create call, in every dialect.</summary>
internal static class JobTimeoutHeader
{
    public const string Name = "Job-Timeout";

    /// <returns>Null if there is none.</returns>
    public static JobTimeout? Read(HttpRequest request) =>
        request.Headers[Name].ToString() is { Length: > 0 } sent ? new JobTimeout(Name, sent) : null;
}
