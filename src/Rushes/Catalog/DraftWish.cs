using System.Text.Json;
using System.Text.Json.Serialization;

namespace Rushes.Catalog;

/// <summary>Whether a request gets a draft first: <c>false</c>, <c>true</c> or <c>"approve"</c> in JSON.</summary>
public enum DraftWish
{
    None,

    /// <summary>The draft is made while the job waits.</summary>
    First,

    /// <summary>The job waits until its owner has seen the draft and approved it.</summary>
    Approve,
}

public static class DraftWishes
{
    /// <summary>Null if it is none of them.</summary>
    public static DraftWish? Read(JsonElement value) => value.ValueKind switch
    {
        JsonValueKind.False => DraftWish.None,
        JsonValueKind.True => DraftWish.First,
        JsonValueKind.String when value.ValueEquals("approve") => DraftWish.Approve,
        _ => null,
    };
}

internal sealed class DraftWishJson : JsonConverter<DraftWish>
{
    public override DraftWish Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options)
    {
        using var value = JsonDocument.ParseValue(ref reader);
        return DraftWishes.Read(value.RootElement)
            ?? throw new JsonException($"{value.RootElement} is none of true, false and \"approve\"");
    }

    public override void Write(Utf8JsonWriter writer, DraftWish value, JsonSerializerOptions options)
    {
        if (value == DraftWish.Approve) writer.WriteStringValue("approve");
        else writer.WriteBooleanValue(value == DraftWish.First);
    }
}
