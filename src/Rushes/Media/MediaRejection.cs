using Rushes.Catalog;

namespace Rushes.Media;

/// <summary>Reasons for rejecting a file, as phrases after the field's name.</summary>
internal static class MediaRejection
{
    public static Inspection.Rejected CutOff => new("is cut off; send the whole file");

    public static Inspection.Rejected TooMuchText =>
        new("holds texts or a colour profile that unpack to more than 16 MB; save it without them");

    public static Inspection.Rejected NotASound => new($"is a clip, not a sound; send {FormatsOf([MediaKind.Sound])}");

    public static Inspection.Rejected OnlySound(IReadOnlyList<MediaKind> kinds) =>
        new($"has no picture, only sound; send {FormatsOf(kinds)}");

    public static Inspection.Rejected TooLong(MediaLimits limits) => new($"is longer than {limits.MaxSeconds:0.##} seconds");

    public static Inspection.Rejected TooManyBytes(long most) => new($"is an image of more than {most} bytes; make it smaller");

    public static Inspection.Rejected TooManyPixels(int width, int height, long most) =>
        new($"is {width}x{height}, more than {most / 1e6:0.##} megapixels; make it smaller");

    public static Inspection.Rejected LargerFrames(int width, int height) =>
        new($"says that it is {width}x{height} and holds larger frames; save it again");

    /// <param name="what">What failed.</param>
    public static Inspection.Rejected Damaged(MediaType type, string what, DecodingTime time) => new(time.IsOver
        ? $"takes more than {time.Limit.TotalSeconds:0.##} seconds to decode, together with the request's other media; "
            + "make it smaller"
        : $"is a damaged {(type.Kind == MediaKind.Picture ? "" : "or incomplete ")}{type.Name}: {what}; save it again");

    public static Inspection.Rejected NotTaken(MediaType type, IReadOnlyList<MediaKind> kinds) =>
        NotTaken($"{Article(type)} {type.Name} {type.Kind.ToString().ToLowerInvariant()}", kinds);

    /// <summary>A picture in another format is called a picture, not another kind of file.</summary>
    public static Inspection.Rejected NotTaken(string what, IReadOnlyList<MediaKind> kinds)
    {
        var nouns = kinds.Select(kind => kind.ToString().ToLowerInvariant()).ToArray();
        var says = what is OtherTypes.Empty or OtherTypes.Unknown
            || Array.Exists(nouns, noun => what.Contains(noun, StringComparison.Ordinal));
        return new($"is {what}{(says ? "" : $", not a {string.Join(" or a ", nouns)}")}; send {FormatsOf(kinds)}");
    }

    private static string Article(MediaType type) =>
        type.Name is ['M', 'P' or 'O' or '4', ..] or ['A', ..] || type == MediaType.Ogg ? "an" : "a";

    private static string FormatsOf(IReadOnlyList<MediaKind> kinds)
    {
        var names = kinds.SelectMany(kind => kind switch
        {
            MediaKind.Picture => ["JPEG", "PNG", "WebP"],
            MediaKind.Sound => ["MP3", "WAV", "OGG", "M4A", "FLAC", "AAC", "WMA", "WebM", "AIFF", "CAF", "AMR"],
            _ => (string[])["MP4", "MOV", "WebM", "Matroska"],
        }).ToArray();
        return $"{string.Join(", ", names[..^1])} or {names[^1]}";
    }
}
