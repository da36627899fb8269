using System.Text.Json;

namespace Rushes.Client;

/// <summary>Reads error responses.</summary>
internal static class ErrorResponse
{
    /// <summary>Error bodies of the gateway are shorter.</summary>
    private const int MaxBytes = 64 * 1024;

    public static async Task<RushesException> ReadAsync(HttpResponseMessage answer, TimeProvider clock, CancellationToken cancel)
    {
        var said = await BodyAsync(answer, cancel).ConfigureAwait(false);
        return new RushesException(
            said?.Code ?? CodeOf(answer),
            said?.Error ?? "The gateway returned HTTP status "
                + $"{(int)answer.StatusCode}{(answer.ReasonPhrase is { Length: > 0 } reason ? $" ({reason})" : "")}.")
        {
            Status = answer.StatusCode,
            Field = said?.Field,
            RetryAfter = answer.Headers.RetryAfter switch
            {
                { Delta: { } wait } => wait,
                { Date: { } date } => date - clock.GetUtcNow() is { Ticks: > 0 } wait ? wait : TimeSpan.Zero,
                _ => null,
            },
        };
    }

    private static async Task<ErrorBody?> BodyAsync(HttpResponseMessage answer, CancellationToken cancel)
    {
        if (answer.Content.Headers.ContentType?.MediaType is not "application/json") return null;
        var body = await answer.Content.ReadAsStreamAsync(cancel).ConfigureAwait(false);
        await using (body.ConfigureAwait(false))
        {
            var bytes = new byte[MaxBytes];
            var length = await body.ReadAtLeastAsync(bytes, MaxBytes, throwOnEndOfStream: false, cancel).ConfigureAwait(false);
            try
            {
                return JsonSerializer.Deserialize(bytes.AsSpan(0, length), WireJson.Default.ErrorBody);
            }
            catch (JsonException)
            {
                // The response is not from a Rushes gateway.
                return null;
            }
        }
    }

    private static string CodeOf(HttpResponseMessage answer) => (int)answer.StatusCode switch
    {
        401 => "unauthorized",
        403 => "forbidden",
        404 => "not_found",
        429 => "too_many_requests",
        _ => "refused",
    };
}
