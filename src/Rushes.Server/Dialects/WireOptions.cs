using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Serialization;

namespace Rushes.Server.Dialects;

/// <summary>How every dialect writes JSON: absent instead of null, and links with a readable '&amp;' (answers are JSON, never HTML).</summary>
internal static class WireOptions
{
    public static JsonSerializerOptions New() => new()
    {
        DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull,
        Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
    };

    /// <summary>The same in ASCII, for streams.</summary>
    public static JsonSerializerOptions NewAscii() => new() { DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull };
}
