using System.Globalization;
using System.Runtime.InteropServices;
using System.Text.Json;

namespace Rushes.Catalog;

public enum ParameterType
{
    String,
    Integer,
    Number,
    Boolean,

    /// <summary>An image, audio or clip: base64, a data URI or a URL.</summary>
    Media,

    /// <summary>A shorter side in pixels, or a size: 720, "720" or "1920x1080".</summary>
    Resolution,
}

/// <summary>The kind of a file; a media parameter lists the kinds it accepts.</summary>
public enum MediaKind
{
    Picture,
    Sound,
    Clip,
}

/// <summary>A field of a request: its type, range and default. Ranges are defined only here.</summary>
public sealed record Parameter
{
    public required string Name { get; init; }

    /// <summary>The field's name in the queue API, if it is different here.</summary>
    public string? As { get; init; }

    /// <summary>The field's name in the queue API.</summary>
    public string Canonical => As ?? Name;

    public required ParameterType Type { get; init; }

    public bool Required { get; init; }

    public double? Min { get; init; }

    public double? Max { get; init; }

    /// <summary>Values are Min plus an integer number of steps.</summary>
    public double? Step { get; init; }

    /// <summary>Maximum length in Unicode characters.</summary>
    public int? MaxLength { get; init; }

    /// <summary>The allowed values.</summary>
    public IReadOnlyList<string>? Options { get; init; }

    /// <summary>The accepted kinds of media.</summary>
    public IReadOnlyList<MediaKind> Media { get; init; } = [];

    public JsonElement? Default { get; init; }

    /// <summary>A description for people.</summary>
    public string? Help { get; init; }

    /// <summary>
    /// What is wrong with a value, as the end of a sentence that starts with the field's name; null if it is valid.
    /// </summary>
    public string? Check(JsonElement value) => Type switch
    {
        ParameterType.String or ParameterType.Media => CheckText(value),
        ParameterType.Boolean =>
            value.ValueKind is JsonValueKind.True or JsonValueKind.False ? null : $"is {Shown(value)}; send true or false",
        ParameterType.Resolution => ResolutionOf(value) is { } side ? CheckRange(side, value) : $"is {Shown(value)}; {Allowed()}",
        ParameterType.Integer => value.ValueKind == JsonValueKind.Number && double.IsInteger(value.GetDouble())
            ? CheckRange(value.GetDouble(), value)
            : $"is {Shown(value)}; {Allowed()}",
        _ =>
            value.ValueKind == JsonValueKind.Number && double.IsFinite(value.GetDouble())
                ? CheckRange(value.GetDouble(), value)
                : $"is {Shown(value)}; {Allowed()}",
    };

    /// <summary>The shorter side that a <see cref="ParameterType.Resolution"/> specifies; null if it is invalid.</summary>
    public static int? ResolutionOf(JsonElement value) => value.ValueKind switch
    {
        JsonValueKind.Number => value.TryGetInt32(out var side) ? side : null,
        JsonValueKind.String when Size.Parse(value.GetString()!) is { } size => size.Shorter,
        JsonValueKind.String => Resolution.Parse(value.GetString()),
        _ => null,
    };

    private string? CheckText(JsonElement value)
    {
        if (value.ValueKind != JsonValueKind.String) return $"is {Shown(value)}; send a string";
        if (Options is not null && !Options.Contains(value.GetString()!)) return $"is {Shown(value)}; {Allowed()}";
        if (MaxLength is { } most
            && JsonMarshal.GetRawUtf8Value(value).Length > most && Characters(value.GetString()!) is var count && count > most)
            return $"has {count} characters; at most {most} are allowed";
        return Required && IsBlank(value) ? "is empty; it is required" : null;
    }

    /// <summary>Usually the first letter decides; a string is created only for the rest.</summary>
    private static bool IsBlank(JsonElement text) =>
        JsonMarshal.GetRawUtf8Value(text)[1] is not (>= (byte)'A' and <= (byte)'Z' or >= (byte)'a' and <= (byte)'z')
        && BlankText.Is(text.GetString()!);

    private string? CheckRange(double number, JsonElement value)
    {
        if (number < Min || number > Max) return $"is {Shown(value)}; {Allowed()}";
        if (Step is not { } step) return null;
        var steps = (number - (Min ?? 0)) / step;
        return Math.Abs(steps - Math.Round(steps)) < 1e-6 ? null : $"is {Shown(value)}; {Allowed()}";
    }

    /// <summary>The allowed values, such as <c>send an integer from 40 to 120 in steps of 4</c>.</summary>
    private string Allowed()
    {
        if (Options is not null) return "send one of " + string.Join(", ", Options);
        var noun = Type switch
        {
            ParameterType.Integer => "an integer",
            ParameterType.Resolution => "a shorter side in pixels, or a size such as 1920x1080,",
            _ => "a number",
        };
        var range = (Min, Max) switch
        {
            ({ } min, { } max) => $" from {Plain(min)} to {Plain(max)}",
            ({ } min, null) => $" of {Plain(min)} or more",
            (null, { } max) => $" of {Plain(max)} or less",
            _ => "",
        };
        return $"send {noun}{range}{(Step is { } step && step != 1 ? $" in steps of {Plain(step)}" : "")}";
    }

    private static string Plain(double number) => number.ToString("0.######", CultureInfo.InvariantCulture);

    private static string Shown(JsonElement value) => Excerpt.Of(value.GetRawText(), 60);

    private static int Characters(string text)
    {
        var count = 0;
        foreach (var _ in text.EnumerateRunes()) count++;
        return count;
    }
}
