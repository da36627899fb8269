using System.Text;
using System.Text.Json;

namespace Rushes.Accounts;

/// <summary>Writes the detail of an <see cref="AuditEntry"/>.</summary>
public static class Detail
{
    public const string Empty = "{}";

    /// <summary>A JSON object of the values that are not null.</summary>
    public static string Of(params ReadOnlySpan<(string Name, object? Value)> fields)
    {
        using var buffer = new MemoryStream();
        using (var json = new Utf8JsonWriter(buffer))
        {
            json.WriteStartObject();
            foreach (var (name, value) in fields)
                switch (value)
                {
                    case null: break;
                    case bool flag: json.WriteBoolean(name, flag); break;
                    case int or long: json.WriteNumber(name, Convert.ToInt64(value)); break;
                    default: json.WriteString(name, value.ToString()); break;
                }
            json.WriteEndObject();
        }
        return Encoding.UTF8.GetString(buffer.ToArray());
    }

    /// <summary>All properties of a key except its hash.</summary>
    public static string OfKey(ApiKey key) => Of(
        ("account", key.Account), ("name", key.Name), ("scopes", key.Scopes), ("expires_at", key.ExpiresAt?.ToString("O")),
        ("networks", key.Networks.Count == 0 ? null : string.Join(',', key.Networks)));
}
