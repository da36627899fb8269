using System.Buffers;
using System.Globalization;
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

    /// <summary>The resolution of requests that name only an aspect ratio.</summary>
    private const int DefaultLines = 480;

    private const string Bracket = Reference + "[";

    /// <summary>Fields of the catalog that request a size in another way.</summary>
    private static readonly string[] SizeFields =
        ["resolution", "aspect_ratio", "width", "height", "min_height", "use_best_resolution"];

    private readonly ArrayBufferWriter<byte> buffer = new(1024);

    private Family Family => listing.Model.Family;

    /// <summary>Whether a request has an input reference.</summary>
    public static bool HasReference(JsonElement sent) =>
        sent.EnumerateObject().Any(
            field => field.Value.ValueKind != JsonValueKind.Null
                && (field.NameEquals(Reference) || field.Name.StartsWith(Bracket, StringComparison.Ordinal)));

    /// <summary>The text of a field; null if it is missing, null or not text.</summary>
    public static string? Text(JsonElement sent, string name) =>
        sent.TryGetProperty(name, out var value) && value.ValueKind == JsonValueKind.String ? value.GetString() : null;

    /// <param name="fileOf">Finds the URI of an uploaded file by its id.</param>
    /// <param name="clip">Used as the input reference, instead of what was sent.</param>
    public (JsonElement Fields, Problem? Problem) Convert(Func<string, FileUri?> fileOf, string? clip = null)
    {
        using (var writer = new Utf8JsonWriter(buffer))
        {
            writer.WriteStartObject();
            if (clip is not null) writer.WriteString(Reference, clip);
            else if (WriteReference(writer, fileOf) is { } bad) return (default, bad);
            if ((WriteSize(writer, out var lines) ?? WriteLength(writer, lines) ?? WriteOthers(writer, clip is not null))
                is { } problem)
                return (default, problem);
            writer.WriteEndObject();
        }
        return (JsonElement.Parse(buffer.WrittenSpan), null);
    }

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

    /// <param name="lines">The shorter side of the video, as far as the fields decide it.</param>
    private Problem? WriteSize(Utf8JsonWriter writer, out int lines)
    {
        var sizes = OpenAiSizes.Of(Family);
        lines = sizes.Count > 0 ? sizes[0].Size.Shorter : Family.Heights[0];
        var asked = sent.TryGetProperty("size", out var value) && value.ValueKind != JsonValueKind.Null ? value.ToString() : null;
        if (Array.Find(SizeFields, name => sent.TryGetProperty(name, out var other) && other.ValueKind != JsonValueKind.Null)
            is { } instead)
        {
            if (asked is not null) return Problem.BadField("size", $"cannot be combined with {instead}");
            if (int.TryParse(Text(sent, "resolution")?.TrimEnd('p'), out var height)) lines = height;
            // An aspect ratio takes effect with a resolution.
            else if (instead == "aspect_ratio") writer.WriteString("resolution", $"{lines = DefaultLines}p");
            return null;
        }
        if (sizes.Count == 0)
            return asked is null
                ? null
                : Problem.BadField("size", $"is not a field of {listing.Model.Id}, which keeps the size of the clip");
        var size = sizes.FirstOrDefault(each => each.Size.ToString() == (asked ?? OpenAiSizes.Default));
        if (size is null && asked is not null)
            return Problem.BadField(
                "size", $"is \"{Excerpt.Of(asked)}\"; send one of {string.Join(", ", sizes.Select(each => each.Size))}");
        // Without a size, the aspect ratio of an image decides.
        if (size is null || (asked is null && size.Resolution is not null)) return null;
        lines = size.Size.Shorter;
        if (size.Resolution is null)
        {
            writer.WriteNumber("width", size.Size.Width);
            writer.WriteNumber("height", size.Size.Height);
        }
        else
        {
            writer.WriteString("resolution", size.Resolution);
            writer.WriteString("aspect_ratio", size.Aspect);
        }
        return null;
    }

    /// <summary>The frame rate takes effect with a number of frames, which follows from seconds if it was not sent.</summary>
    private Problem? WriteLength(Utf8JsonWriter writer, int lines)
    {
        foreach (var name in (string[])["seconds", "fps"])
            if (sent.TryGetProperty(name, out var value) && value.ValueKind != JsonValueKind.Null)
                WriteNumber(writer, name, value);

        var (frames, fps) = (Number("num_frames"), Number("fps"));
        if (frames is null && fps is null) return null;
        if (frames is null && Family.Kind is ModelKind.SoundToVideo or ModelKind.Foley)
            return Problem.BadField("fps", $"needs num_frames with {listing.Model.Id}, whose length follows from its input");
        var length = listing.Parameters.First(field => field.Canonical == "duration");
        var seconds = Number("seconds") ?? length.Default?.GetDouble() ?? 0;
        var drawn = frames ?? Math.Round(seconds * fps!.Value);
        var most = Math.Floor(Family.MaxSeconds[Family.HeightClass(lines)] * Family.FramesPerSecond);
        if (drawn > most)
            return frames is null
                ? Problem.BadField("fps", $"is {fps}, which makes {drawn} frames; at this size at most {most} are allowed")
                : Problem.BadField("num_frames", $"is {drawn}; at this size at most {most} are allowed");
        writer.WriteNumber("num_frames", Math.Max(1, drawn));
        return null;
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
    private static bool IsWritten(string name) =>
        name is "model" or "tier" or "webhook_url" or "size" or "seconds" or "fps" or "num_frames" or Reference
            || name.StartsWith(Bracket, StringComparison.Ordinal);

    private void WriteTyped(Utf8JsonWriter writer, string name, JsonElement value)
    {
        var type = listing.Parameters.FirstOrDefault(parameter => parameter.Name == name)?.Type;
        if (type is ParameterType.Integer or ParameterType.Number && NumberOf(value) is { } number) Write(writer, number);
        else if ((type == ParameterType.Boolean || name == "draft") && bool.TryParse(value.GetString(), out var flag))
            writer.WriteBooleanValue(flag);
        else value.WriteTo(writer);
    }

    private static void WriteNumber(Utf8JsonWriter writer, string name, JsonElement value)
    {
        writer.WritePropertyName(name);
        if (NumberOf(value) is { } number) Write(writer, number);
        else value.WriteTo(writer);
    }

    /// <summary>Whole numbers exactly, such as seeds.</summary>
    private static void Write(Utf8JsonWriter writer, decimal number)
    {
        if (decimal.IsInteger(number) && number is >= long.MinValue and <= long.MaxValue) writer.WriteNumberValue((long)number);
        else writer.WriteNumberValue(number);
    }

    private double? Number(string name) =>
        sent.TryGetProperty(name, out var value) ? (double?)NumberOf(value) : null;

    private const NumberStyles Digits = NumberStyles.AllowLeadingSign | NumberStyles.AllowDecimalPoint;

    private static decimal? NumberOf(JsonElement value) => value.ValueKind switch
    {
        JsonValueKind.Number when value.TryGetDecimal(out var number) => number,
        JsonValueKind.String
            when decimal.TryParse(value.GetString(), Digits, CultureInfo.InvariantCulture, out var number) => number,
        _ => null,
    };
}
