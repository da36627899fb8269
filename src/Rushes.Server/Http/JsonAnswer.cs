using System.Text.Json;
using System.Text.Json.Serialization.Metadata;

namespace Rushes.Server.Http;

/// <summary>A response that is a JSON document, sent with its length.</summary>
/// <remarks>
/// For the calls that clients make most: <c>TypedResults.Json</c> creates a service scope and looks up a logger for each response
/// (bench/notes/status.md).
/// </remarks>
internal sealed class JsonAnswer(ReadOnlyMemory<byte> utf8, int status) : IResult
{
    public static JsonAnswer Of<T>(T value, JsonTypeInfo<T> type, int status = StatusCodes.Status200OK) =>
        new(JsonSerializer.SerializeToUtf8Bytes(value, type), status);

    public Task ExecuteAsync(HttpContext http)
    {
        var response = http.Response;
        response.StatusCode = status;
        response.ContentType = "application/json; charset=utf-8";
        response.ContentLength = utf8.Length;
        return response.Body.WriteAsync(utf8).AsTask();
    }
}
