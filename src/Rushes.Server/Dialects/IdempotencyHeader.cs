namespace Rushes.Server.Dialects;

/// <summary>The header <c>Idempotency-Key</c> of a create, in every dialect.</summary>
internal static class IdempotencyHeader
{
    /// <summary>Null when there is none. A longer one than 255 characters is cut there: what follows tells no requests apart.</summary>
    public static string? Read(HttpRequest request) => request.Headers["Idempotency-Key"].ToString() switch
    {
        "" => null,
        { Length: > 255 } key => key[..255],
        var key => key,
    };
}
