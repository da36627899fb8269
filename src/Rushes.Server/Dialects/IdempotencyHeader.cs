namespace Rushes.Server.Dialects;

/// <summary>The header <c>Idempotency-Key</c> of a create, in every dialect.</summary>
internal static class IdempotencyHeader
{
    public const string Name = "Idempotency-Key";

    /// <summary>Null when there is none.</summary>
    public static string? Read(HttpRequest request) => request.Headers[Name].ToString() is { Length: > 0 } key ? key : null;
}
