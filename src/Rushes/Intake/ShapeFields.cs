using System.Globalization;
using System.Text.Json;
using Rushes.Catalog;

namespace Rushes.Intake;

/// <summary>
/// Converts a request's size, aspect ratio, length and frame rate, as several vendors' APIs name them, to fields of the
/// catalog's listing. Numbers may be sent as text.
/// </summary>
/// <param name="sent">An object with the request's fields.</param>
/// <param name="lengthField">The field with the length in seconds.</param>
public sealed class ShapeFields(JsonElement sent, Listing listing, string lengthField)
{
    private const string SizeField = "size", RateField = "fps", FramesField = "num_frames";

    /// <summary>The resolution of requests that have only an aspect ratio.</summary>
    private const int DefaultResolution = 480;

    /// <summary>Fields of the catalog that request a size in another way.</summary>
    private static readonly string[] SizeFields =
        ["resolution", "aspect_ratio", "width", "height", "min_height", "use_best_resolution"];

    private const NumberStyles Digits = NumberStyles.AllowLeadingSign | NumberStyles.AllowDecimalPoint;

    /// <summary>
    /// Whether the model's longest length limits a number of frames. Otherwise only the range of the listing's field does.
    /// </summary>
    public bool LimitsFrames { get; init; } = true;

    private Family Family => listing.Model.Family;

    /// <summary>Whether <see cref="Write(Utf8JsonWriter, string?)"/> changes what was sent, without a default size.</summary>
    public bool ChangesAny => IsSent(SizeField) || IsSent(RateField) || IsSent(FramesField)
        || (IsSent("aspect_ratio") && !IsSent("resolution"))
        || (sent.TryGetProperty(lengthField, out var length) && length.ValueKind == JsonValueKind.String);

    /// <summary>Whether <see cref="Write(Utf8JsonWriter, string?)"/> writes the field if it was sent.</summary>
    public bool Writes(string name) => name is SizeField or RateField or FramesField || name == lengthField;

    /// <summary>Writes the fields into an object.</summary>
    /// <param name="defaultSize">The size of requests without one, where the model makes it; null: the model's own.</param>
    /// <returns>Null if they are valid.</returns>
    public Problem? Write(Utf8JsonWriter writer, string? defaultSize = null) =>
        WriteSize(writer, defaultSize, out var resolution) ?? WriteLength(writer, resolution);

    /// <param name="resolution">The shorter side of the video, as far as the fields decide it.</param>
    private Problem? WriteSize(Utf8JsonWriter writer, string? defaultSize, out int resolution)
    {
        var sizes = ModelSizes.Of(Family);
        resolution = sizes is [var first, ..] ? first.Size.Shorter : Family.Heights.Append(Family.RunSeconds.Keys.Min()).First();
        var asked = IsSent(SizeField) ? sent.GetProperty(SizeField).ToString() : null;
        if (Array.Find(SizeFields, IsSent) is { } instead)
        {
            if (asked is not null) return Problem.BadField(SizeField, $"cannot be combined with {instead}");
            if (IsSent("resolution") && Resolution.Parse(sent.GetProperty("resolution").ToString()) is { } height)
                resolution = height;
            // An aspect ratio takes effect with a resolution.
            else if (instead == "aspect_ratio") writer.WriteString("resolution", $"{resolution = DefaultResolution}p");
            return null;
        }
        if (sizes.Count == 0)
            return asked is null
                ? null
                : Problem.BadField(SizeField, $"is not a field of {listing.Model.Id}, whose size follows from the clip");
        var size = sizes.FirstOrDefault(each => each.Name == (asked ?? defaultSize));
        if (size is null && asked is not null)
            return Problem.BadField(
                SizeField, $"is \"{Excerpt.Of(asked)}\"; send one of {string.Join(", ", sizes.Select(each => each.Name))}");
        // Without a size, the aspect ratio of an image decides.
        if (size is null || (asked is null && size.Resolution is not null)) return null;
        resolution = size.Size.Shorter;
        WriteChosen(writer, size);
        return null;
    }

    private static void WriteChosen(Utf8JsonWriter writer, ModelSize size)
    {
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
    }

    /// <summary>The frame rate takes effect with a number of frames, which follows from the length if it was not sent.</summary>
    private Problem? WriteLength(Utf8JsonWriter writer, int resolution)
    {
        foreach (var name in (string[])[lengthField, RateField])
            if (IsSent(name))
                WriteNumber(writer, name, sent.GetProperty(name));

        var (frames, fps) = (Number(FramesField), Number(RateField));
        if (frames is null && fps is null) return null;
        if (frames is null && (Family.Kind is ModelKind.SoundToVideo or ModelKind.Foley || Family.Kind.NeedsClip))
            return Problem.BadField(
                RateField, $"needs {FramesField} with {listing.Model.Id}, whose length follows from its input");
        var length = listing.Parameters.First(field => field.Canonical == "duration");
        var seconds = Number(lengthField) ?? length.Default?.GetDouble() ?? 0;
        var renderedFrames = frames ?? Math.Round(seconds * fps!.Value);
        var most = Math.Floor(Family.MaxSeconds[Family.HeightClass(resolution)] * Family.FramesPerSecond);
        if (renderedFrames > most && (frames is null || LimitsFrames))
            return frames is null
                ? Problem.BadField(
                    RateField, $"is {fps}, which makes {renderedFrames} frames; at this size at most {most} are allowed")
                : Problem.BadField(FramesField, $"is {renderedFrames}; at this size at most {most} are allowed");
        writer.WriteNumber(FramesField, Math.Max(1, renderedFrames));
        return null;
    }

    private bool IsSent(string name) => sent.TryGetProperty(name, out var value) && value.ValueKind != JsonValueKind.Null;

    private double? Number(string name) =>
        sent.TryGetProperty(name, out var value) ? (double?)NumberOf(value) : null;

    /// <summary>A number that may have been sent as text; null if it is none.</summary>
    public static decimal? NumberOf(JsonElement value) => value.ValueKind switch
    {
        JsonValueKind.Number when value.TryGetDecimal(out var number) => number,
        JsonValueKind.String
            when decimal.TryParse(value.GetString(), Digits, CultureInfo.InvariantCulture, out var number) => number,
        _ => null,
    };

    /// <summary>Writes whole numbers exactly, such as seeds.</summary>
    public static void WriteNumber(Utf8JsonWriter writer, decimal number)
    {
        if (decimal.IsInteger(number) && number is >= long.MinValue and <= long.MaxValue) writer.WriteNumberValue((long)number);
        else writer.WriteNumberValue(number);
    }

    private static void WriteNumber(Utf8JsonWriter writer, string name, JsonElement value)
    {
        writer.WritePropertyName(name);
        if (NumberOf(value) is { } number) WriteNumber(writer, number);
        else value.WriteTo(writer);
    }
}
