using Rushes.Catalog;

namespace Rushes.Media;

/// <summary>
/// What a look at a file of unknown origin told. The first bytes decide which decoder may see it, so nothing in the
/// file can make a program read other files; what is refused says why in words that follow the field's name.
/// </summary>
public abstract record Inspection
{
    /// <summary>Decoders running at once in this process.</summary>
    internal static readonly SemaphoreSlim Slots = new(Environment.ProcessorCount);

    private Inspection() { }

    public sealed record Accepted(MediaFacts Facts) : Inspection;

    /// <param name="Reason">Such as <c>is an HTML page, not a picture; send JPEG, PNG or WebP</c>.</param>
    public sealed record Refused(string Reason) : Inspection;

    /// <param name="kinds">What the field takes; at least one.</param>
    /// <exception cref="System.ComponentModel.Win32Exception">ffmpeg is not installed.</exception>
    public static async Task<Inspection> InspectAsync(
        string path, IReadOnlyList<MediaKind> kinds, MediaLimits limits, CancellationToken cancel)
    {
        using var file = new FileWindow(path);
        var type = MediaTypes.Tell(file.At(0, MediaTypes.HeadSize));
        if (type is null) return NotTaken(OtherTypes.Describe(file.At(0, MediaTypes.HeadSize)), kinds);
        var mayBeSound = type.IsMp4Family && kinds.Contains(MediaKind.Sound);
        var mayBeClip = type.IsMp4Family && kinds.Contains(MediaKind.Clip);
        if (!kinds.Contains(type.Kind) && !mayBeSound && !mayBeClip) return NotTaken(WithArticle(type), kinds);

        await Slots.WaitAsync(cancel);
        try
        {
            return type.Kind == MediaKind.Picture
                ? await PictureAsync(path, file, type, limits, cancel)
                : await StreamsAsync(path, file, type, kinds, limits, cancel);
        }
        finally
        {
            Slots.Release();
        }
    }

    private static async Task<Inspection> PictureAsync(
        string path, FileWindow file, MediaType type, MediaLimits limits, CancellationToken cancel)
    {
        var header = PictureHeader.Read(type, file);
        if (header.Problem is not null) return new Refused(header.Problem);
        if (TooManyPixels(header.Width, header.Height, limits) is { } tooMany) return tooMany;
        return await Decoder.DecodesPictureAsync(path, type, limits, cancel)
            ? new Accepted(new MediaFacts(type, header.Width, header.Height, 0, 0, 1, HasSound: false, HasPicture: true))
            : new Refused($"is a damaged {type.Name}: it cannot be decoded to its end; save it again");
    }

    private static async Task<Inspection> StreamsAsync(
        string path, FileWindow file, MediaType type, IReadOnlyList<MediaKind> kinds, MediaLimits limits, CancellationToken cancel)
    {
        if (type == MediaType.Wav && WavIsCutOff(file)) return CutOff;
        var (probe, problem) = await Probe.RunAsync(path, type, limits, cancel);
        if (probe is null) return new Refused(problem!);

        if (type.IsMp4Family) type = !probe.HasPicture ? MediaType.M4a : type == MediaType.M4a ? MediaType.Mp4 : type;
        if (!kinds.Contains(type.Kind))
            return type.Kind == MediaKind.Sound && !kinds.Contains(MediaKind.Sound)
                ? new Refused($"has no picture, only sound; send {FormatsOf(kinds)}")
                : NotTaken(WithArticle(type), kinds);
        if (probe.IsCutOff) return CutOff;
        if (probe.Seconds > limits.MaxSeconds) return TooLong(limits);
        return type.Kind == MediaKind.Sound
            ? await SoundAsync(path, type, probe, limits, cancel)
            : await ClipAsync(path, type, probe, limits, cancel);
    }

    private static async Task<Inspection> SoundAsync(
        string path, MediaType type, Probe probe, MediaLimits limits, CancellationToken cancel)
    {
        if (probe.HasPicture) return new Refused($"is a clip, not a sound; send {FormatsOf([MediaKind.Sound])}");
        if (!probe.HasSound) return new Refused("has no sound in it");
        if (await Decoder.DecodeSoundAsync(path, type, limits, cancel) is not { } seconds)
            return new Refused($"is a damaged or incomplete {type.Name}: it cannot be decoded to its end; save it again");
        if (seconds <= 0) return new Refused("is a sound of no length");
        if (seconds > limits.MaxSeconds) return TooLong(limits);
        if (probe.Seconds is { } declared && probe.SecondsAreExact && seconds < declared * 0.98 - 0.5) return CutOff;
        return new Accepted(new MediaFacts(type, 0, 0, seconds, 0, 0, HasSound: true, HasPicture: false));
    }

    private static async Task<Inspection> ClipAsync(
        string path, MediaType type, Probe probe, MediaLimits limits, CancellationToken cancel)
    {
        if (!probe.HasPicture || probe.Frames == 0) return new Refused("has no picture in it");
        if (TooManyPixels(probe.Width, probe.Height, limits) is { } tooMany) return tooMany;
        // Browsers record WebM without saying how long it is.
        var seconds = probe.Seconds ?? await Decoder.DecodeLengthAsync(path, type, limits, cancel) ?? 0;
        if (seconds <= 0) return new Refused("is a clip of no length");
        if (seconds > limits.MaxSeconds) return TooLong(limits);
        if (!await Decoder.DecodesBothEndsAsync(path, type, probe.Seconds, limits, cancel))
            return new Refused($"is a damaged or incomplete {type.Name}: its pictures cannot be decoded; save it again");
        var rate = probe.Rate > 0 ? probe.Rate : probe.Frames / seconds;
        return new Accepted(new MediaFacts(type, probe.Width, probe.Height, seconds, rate, probe.Frames, probe.HasSound, HasPicture: true));
    }

    private static Refused CutOff => new("is cut off; send the whole file");

    private static Refused TooLong(MediaLimits limits) => new($"is longer than {limits.MaxSeconds:0.##} seconds");

    private static Refused? TooManyPixels(int width, int height, MediaLimits limits) =>
        (long)width * height > limits.MaxPixels
            ? new($"is {width}x{height}, more than {limits.MaxPixels / 1e6:0.##} megapixels; make it smaller")
            : null;

    /// <summary>The RIFF header tells the length; programs that stream leave it empty, and some are wrong by a little.</summary>
    private static bool WavIsCutOff(FileWindow file)
    {
        var size = System.Buffers.Binary.BinaryPrimitives.ReadUInt32LittleEndian(file.At(4, 4));
        return size < 0x7FFF_F000 && size + 8L > file.Length + 64;
    }

    /// <summary>A picture of another format is one all the same, and is not told that it is none.</summary>
    private static Refused NotTaken(string what, IReadOnlyList<MediaKind> kinds)
    {
        var nouns = kinds.Select(kind => kind.ToString().ToLowerInvariant()).ToArray();
        var says = what is OtherTypes.Empty or OtherTypes.Unknown || Array.Exists(nouns, noun => what.Contains(noun, StringComparison.Ordinal));
        return new Refused($"is {what}{(says ? "" : $", not a {string.Join(" or a ", nouns)}")}; send {FormatsOf(kinds)}");
    }

    private static string WithArticle(MediaType type) =>
        $"{("M".Contains(type.Name[0], StringComparison.Ordinal) || type == MediaType.Aac || type == MediaType.Ogg ? "an" : "a")} {type.Name} {type.Kind.ToString().ToLowerInvariant()}";

    private static string FormatsOf(IReadOnlyList<MediaKind> kinds)
    {
        var names = kinds.SelectMany(kind => kind switch
        {
            MediaKind.Picture => ["JPEG", "PNG", "WebP"],
            MediaKind.Sound => ["MP3", "WAV", "OGG", "M4A", "FLAC", "AAC", "WMA"],
            _ => (string[])["MP4", "MOV", "WebM"],
        }).ToArray();
        return $"{string.Join(", ", names[..^1])} or {names[^1]}";
    }
}

/// <summary>What an accepted file holds.</summary>
/// <param name="Width">In pixels as displayed; 0 for a sound. Likewise the height.</param>
/// <param name="Seconds">0 for a picture.</param>
/// <param name="Rate">Frames a second of a clip, else 0.</param>
/// <param name="Frames">1 for a picture, 0 for a sound.</param>
public sealed record MediaFacts(
    MediaType Type, int Width, int Height, double Seconds, double Rate, int Frames, bool HasSound, bool HasPicture);

/// <summary>Bounds of what is decoded at all.</summary>
public sealed record MediaLimits
{
    /// <summary>Most pixels of a picture or frame. Default 100 million.</summary>
    public long MaxPixels { get; init; } = 100_000_000;

    /// <summary>Longest sound or clip in seconds. Default 600.</summary>
    public double MaxSeconds { get; init; } = 600;

    /// <summary>Longest a decoder may run. Default one minute.</summary>
    public TimeSpan MaxRun { get; init; } = TimeSpan.FromMinutes(1);
}
