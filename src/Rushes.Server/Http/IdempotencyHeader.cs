namespace Rushes.Server.Http;

/// <summary>The <c>Idempotency-Key</c> header of a create call, in every dialect.</summary>
internal static class IdempotencyHeader
{
    public const string Name = "Idempotency-Key";

    /// <returns>Null if there is none.</returns>
    public static string? Read(HttpRequest request) => request.Headers[Name].ToString() is { Length: > 0 } key ? key : null;
}
