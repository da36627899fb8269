using System.Buffers;
using System.Text.Json;
using Rushes.Catalog;
using Rushes.Intake;

namespace Rushes.Server.Dialects.OpenRouter;

/// <summary>Converts the fields of a create request to those of the catalog's listing.</summary>
/// <param name="sent">The body.</param>
internal sealed class OpenRouterFields(JsonElement sent, Listing listing)
{
    public const string FirstFrame = "first_frame", LastFrame = "last_frame", Audio = "audio", Callback = "callback_url";

    private const string FrameImages = "frame_images", References = "input_references", Sound = "generate_audio",
        Provider = "provider";

    public static readonly string[] Frames = [FirstFrame, LastFrame];

    /// <summary>Written to the catalog's fields under the same name.</summary>
    private static readonly string[] Same = ["prompt", "seed", "resolution", "aspect_ratio"];

    /// <summary>Labels for OpenRouter's own logs.</summary>
    private static readonly string[] Labels = ["session_id", "trace", "user"];

    /// <summary>Fields for models that no gateway has.</summary>
    private static readonly string[] Impossible = ["previous_job_id", "creativity", "upscale_factor"];

    private static readonly string[] Known =
        ["model", "duration", "size", FrameImages, References, Sound, Callback, Provider, .. Same, .. Labels];

    private readonly ShapeFields shape = new(sent, listing, "duration");

    /// <summary>The media, by the listing's field, each with the member of the body that it is from.</summary>
    private readonly Dictionary<string, (string Url, string Member)> media = new(StringComparer.Ordinal);

    /// <summary>Whether a field of the listing is requested by a member of the body.</summary>
    public static bool IsOwn(string field) =>
        field is "duration" or "width" or "height" or FirstFrame or LastFrame or Audio || Same.Contains(field);

    /// <summary>Whether a request has an image.</summary>
    public static bool HasImage(JsonElement sent) =>
        Each(sent, FrameImages).Any() || Each(sent, References).Any(part => Text(part, "type") == "image_url");

    /// <summary>A member that the API does not have, or no model can do.</summary>
    public static Problem? CheckMembers(JsonElement sent)
    {
        foreach (var member in sent.EnumerateObject().Where(member => member.Value.ValueKind != JsonValueKind.Null))
        {
            if (Impossible.Contains(member.Name)) return Problem.BadField(member.Name, "is not supported by any model");
            if (!Known.Contains(member.Name))
                return Problem.BadField(
                    Excerpt.Of(member.Name), $"is not a field of this call; send some of {string.Join(", ", Known)}");
        }
        return null;
    }

    /// <summary>The text of a member; null if it is missing or not text.</summary>
    public static string? Text(JsonElement value, string name) =>
        value.ValueKind == JsonValueKind.Object && value.TryGetProperty(name, out var text)
            && text.ValueKind == JsonValueKind.String ? text.GetString() : null;

    public (JsonElement Fields, Problem? Problem) Convert()
    {
        if ((ReadFrames() ?? ReadReferences() ?? CheckSound()) is { } problem) return (default, problem);
        var buffer = new ArrayBufferWriter<byte>(1024);
        using (var writer = new Utf8JsonWriter(buffer))
        {
            writer.WriteStartObject();
            if (shape.Write(writer) is { } misshapen) return (default, misshapen);
            foreach (var name in Same.Where(name => Sent(name) is not null))
            {
                writer.WritePropertyName(name);
                Sent(name)!.Value.WriteTo(writer);
            }
            foreach (var (field, (url, _)) in media) writer.WriteString(field, url);
            if (WriteOptions(writer) is { } rejected) return (default, rejected);
            writer.WriteEndObject();
        }
        return (JsonElement.Parse(buffer.WrittenSpan), null);
    }

    private Problem? ReadFrames()
    {
        if (Check(FrameImages) is { } problem) return problem;
        foreach (var (index, frame) in Each(sent, FrameImages).Index())
        {
            var place = $"{FrameImages}[{index}]";
            var type = Text(frame, "frame_type");
            if (type is not (FirstFrame or LastFrame))
                return Problem.BadField(
                    $"{place}.frame_type", $"is \"{Excerpt.Of(type ?? "")}\"; send {FirstFrame} or {LastFrame}");
            if (Add(type, frame, "image_url", place) is { } rejected) return rejected;
        }
        return null;
    }

    /// <summary>
    /// An image is the first frame, or the person that follows the sound; a sound is what the video follows; a clip is what gets
    /// a sound.
    /// </summary>
    private Problem? ReadReferences()
    {
        if (Check(References) is { } problem) return problem;
        foreach (var (index, part) in Each(sent, References).Index())
        {
            var place = $"{References}[{index}]";
            var type = Text(part, "type");
            if (type is not ("image_url" or "audio_url" or "video_url"))
                return Problem.BadField(
                    $"{place}.type", $"is \"{Excerpt.Of(type ?? "")}\"; send image_url, audio_url or video_url");
            if (Add(type == "audio_url" ? Audio : FirstFrame, part, type, place) is { } rejected) return rejected;
        }
        return null;
    }

    /// <param name="field">The listing's field.</param>
    /// <param name="type">The member with the URL, such as <c>image_url</c>.</param>
    private Problem? Add(string field, JsonElement part, string type, string place)
    {
        var kind = type switch { "audio_url" => MediaKind.Sound, "video_url" => MediaKind.Clip, _ => MediaKind.Picture };
        if (!listing.Parameters.Any(parameter => parameter.Name == field && parameter.Media.Contains(kind)))
            return Problem.BadField(
                place, $"is a {kind.ToString().ToLowerInvariant()} for {field}, which {listing.Model.Id} does not use");
        if (!part.TryGetProperty(type, out var holder) || Text(holder, "url") is not { } url)
            return Problem.BadField($"{place}.{type}.url", "is missing; send a URL or a data URL");
        return media.TryAdd(field, (url, place))
            ? null
            : Problem.BadField(place, $"and {media[field].Member} are both for {field}; send one of them");
    }

    private Problem? CheckSound()
    {
        if (Sent(Sound) is not { } asked) return null;
        if (asked.ValueKind is not (JsonValueKind.True or JsonValueKind.False))
            return Problem.BadField(Sound, $"is {Excerpt.Of(asked.GetRawText())}; send true or false");
        if (listing.Model.Family.Sound) return null;
        var hasSound = listing.Model.Kind is ModelKind.Foley or ModelKind.SoundToVideo;
        return asked.GetBoolean() == hasSound
            ? null
            : Problem.BadField(
                Sound, hasSound
                    ? $"is false, but videos of {listing.Model.Id} always have a sound"
                    : $"is true, but {listing.Model.Id} makes no sound");
    }

    /// <summary>The options for this provider; those for others are ignored, as by OpenRouter.</summary>
    private Problem? WriteOptions(Utf8JsonWriter writer)
    {
        const string place = "provider.options.rushes";
        if (Sent(Provider) is not { ValueKind: JsonValueKind.Object } provider
            || !provider.TryGetProperty("options", out var all) || all.ValueKind != JsonValueKind.Object
            || !all.TryGetProperty("rushes", out var options))
            return null;
        if (options.ValueKind != JsonValueKind.Object) return Problem.BadField(place, "is not an object");
        foreach (var option in options.EnumerateObject())
        {
            if (IsOwn(option.Name) || shape.Writes(option.Name) || Known.Contains(option.Name))
                return Problem.BadField($"{place}.{option.Name}", "is not an option; use the field of the request itself");
            option.WriteTo(writer);
        }
        return null;
    }

    private Problem? Check(string name)
    {
        if (Sent(name) is not { } list) return null;
        return list.ValueKind == JsonValueKind.Array && list.EnumerateArray().All(each => each.ValueKind == JsonValueKind.Object)
            ? null
            : Problem.BadField(name, "is not a list of objects");
    }

    private JsonElement? Sent(string name) =>
        sent.TryGetProperty(name, out var value) && value.ValueKind != JsonValueKind.Null ? value : null;

    private static IEnumerable<JsonElement> Each(JsonElement sent, string name) =>
        sent.TryGetProperty(name, out var list) && list.ValueKind == JsonValueKind.Array ? list.EnumerateArray() : [];
}
