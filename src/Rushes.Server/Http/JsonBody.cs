using System.Text.Json;
using System.Text.Json.Serialization.Metadata;

namespace Rushes.Server.Http;

/// <summary>Reads the JSON body of a call.</summary>
internal static class JsonBody
{
    /// <summary>Null if it is null or is not the JSON of this type.</summary>
    public static async Task<T?> ReadAsync<T>(HttpRequest request, JsonTypeInfo<T> type, CancellationToken cancel)
        where T : class
    {
        try
        {
            return await JsonSerializer.DeserializeAsync(request.Body, type, cancel);
        }
        catch (JsonException)
        {
            return null;
        }
    }
}
