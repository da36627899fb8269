using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Serialization;

namespace Rushes.Server.Http;

/// <summary>
/// JSON options of all dialects: nulls are left out, and '&amp;' in URLs is not escaped, because responses are never HTML.
/// </summary>
internal static class WireOptions
{
    public static JsonSerializerOptions New() => new()
    {
        DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull,
        Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
    };

    /// <summary>ASCII only, for streams.</summary>
    public static JsonSerializerOptions NewAscii() => new() { DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull };
}
