using System.Buffers;
using System.Runtime.InteropServices;
using System.Text.Json;
using Rushes.Catalog;
using Rushes.Files;
using Rushes.Intake;

namespace Rushes.Server.Dialects.OpenAi;

/// <summary>
/// Converts the fields of a create request to those of the catalog's listing: numbers that were sent as text, the size, the
/// number of frames, and the input reference in its three forms.
/// </summary>
/// <param name="sent">An object, from JSON or from a form.</param>
/// <param name="isForm">Whether all values are text.</param>
internal sealed class OpenAiFields(JsonElement sent, bool isForm, Listing listing)
{
    public const string Reference = "input_reference";

    /// <summary>The size of requests without one, where the model makes it.</summary>
    private const string DefaultSize = "720x1280";

    private const string Length = "seconds";

    private const string Bracket = Reference + "[";

    private readonly ShapeFields shape = new(sent, listing, Length);

    /// <summary>Whether a request has an input reference.</summary>
    public static bool HasReference(JsonElement sent)
    {
        foreach (var field in sent.EnumerateObject())
        {
            if (field.Value.ValueKind == JsonValueKind.Null) continue;
            if (field.NameEquals(Reference) || field.Name.StartsWith(Bracket, StringComparison.Ordinal)) return true;
        }
        return false;
    }

    /// <summary>The text of a field; null if it is missing, null or not text.</summary>
    public static string? Text(JsonElement sent, string name) =>
        sent.TryGetProperty(name, out var value) && value.ValueKind == JsonValueKind.String ? value.GetString() : null;

    /// <param name="fileOf">Finds the URI of an uploaded file by its id.</param>
    /// <param name="clip">Used as the input reference, instead of what was sent.</param>
    public (JsonElement Fields, Problem? Problem) Convert(Func<string, FileUri?> fileOf, string? clip = null)
    {
        var buffer = new ArrayBufferWriter<byte>(JsonMarshal.GetRawUtf8Value(sent).Length + 256);
        using (var writer = new Utf8JsonWriter(buffer))
        {
            writer.WriteStartObject();
            if (clip is not null) writer.WriteString(Reference, clip);
            else if (WriteReference(writer, fileOf) is { } bad) return (default, bad);
            if (OwnLength() is { } length) writer.WriteNumber(Length, length);
            if ((shape.Write(writer, DefaultSize) ?? WriteOthers(writer, clip is not null)) is { } problem)
                return (default, problem);
            writer.WriteEndObject();
        }
        return (JsonElement.Parse(buffer.WrittenSpan), null);
    }

    /// <summary>
    /// The default of models whose result is as long as their clip: that of the API is a few seconds. Null if a length was sent,
    /// or there is none.
    /// </summary>
    private double? OwnLength() => !listing.Model.Kind.NeedsClip || IsSent(Length) || IsSent("num_frames") ? null
        : listing.Model.Family.Parameters.FirstOrDefault(field => field.Canonical == "duration")?.Default?.GetDouble();

    private bool IsSent(string name) => sent.TryGetProperty(name, out var value) && value.ValueKind != JsonValueKind.Null;

    private Problem? WriteReference(Utf8JsonWriter writer, Func<string, FileUri?> fileOf)
    {
        if (!HasReference(sent)) return null;
        if (!listing.Parameters.Any(parameter => parameter.Name == Reference))
            return Problem.BadField(
                Reference, $"is not a field of {listing.Model.Id}, which makes videos from text; use a model that takes images");
        // A file of a form.
        if (Text(sent, Reference) is { } file)
        {
            writer.WriteString(Reference, file);
            return null;
        }
        var reference = sent.TryGetProperty(Reference, out var found) ? found : sent;
        if (reference.ValueKind != JsonValueKind.Object)
            return Problem.BadField(Reference, "is neither a file nor an object with image_url or file_id");
        var (url, id) = (Member("image_url"), Member("file_id"));
        if ((url is null) == (id is null))
            return Problem.BadField(Reference, "must have exactly one of image_url and file_id");
        if (id is not null && fileOf(id) is null)
            return Problem.BadField($"{Reference}.file_id", $"is \"{Excerpt.Of(id)}\", which is not the id of a file");
        writer.WriteString(Reference, url ?? $"{fileOf(id!)}");
        return null;

        string? Member(string name) => Text(reference, found.ValueKind == JsonValueKind.Object ? name : $"{Bracket}{name}]");
    }

    /// <param name="isEdit">Whether the field <c>video</c> was already used.</param>
    private Problem? WriteOthers(Utf8JsonWriter writer, bool isEdit)
    {
        foreach (var field in sent.EnumerateObject())
        {
            var name = field.Name;
            if (field.Value.ValueKind == JsonValueKind.Null || IsWritten(name)) continue;
            if (isEdit && name is OpenAiEdit.Field or OpenAiEdit.FormField) continue;
            if (isForm && name.Contains('[', StringComparison.Ordinal))
                return Problem.BadField(Excerpt.Of(name), "is not a field of this call");
            writer.WritePropertyName(name);
            if (isForm) WriteTyped(writer, name, field.Value);
            else field.Value.WriteTo(writer);
        }
        return null;
    }

    /// <summary>Fields that are not the model's, or were converted above.</summary>
    private bool IsWritten(string name) =>
        name is "model" or "tier" or "webhook_url" or Reference
            || shape.Writes(name) || name.StartsWith(Bracket, StringComparison.Ordinal);

    private void WriteTyped(Utf8JsonWriter writer, string name, JsonElement value)
    {
        var type = listing.Parameters.FirstOrDefault(parameter => parameter.Name == name)?.Type;
        if (type is ParameterType.Integer or ParameterType.Number && ShapeFields.NumberOf(value) is { } number)
            ShapeFields.WriteNumber(writer, number);
        else if ((type == ParameterType.Boolean || name == "draft") && bool.TryParse(value.GetString(), out var flag))
            writer.WriteBooleanValue(flag);
        else value.WriteTo(writer);
    }
}
