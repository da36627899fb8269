namespace Rushes.Media;

/// <summary>
/// What a look at a file of unknown origin told. What is refused says why in words that follow the field's name.
/// </summary>
public abstract record Inspection
{
    private Inspection() { }

    /// <param name="Facts">Of the plain form, where there is one.</param>
    /// <param name="IsRewritten">The plain form was written; else the file is plain as it is.</param>
    public sealed record Accepted(MediaFacts Facts, bool IsRewritten = false) : Inspection;

    /// <param name="Reason">Such as <c>is an HTML page, not a picture; send JPEG, PNG or WebP</c>.</param>
    public sealed record Refused(string Reason) : Inspection;

    /// <summary>Too many files of the account wait already; this one was not looked at.</summary>
    public sealed record Busy : Inspection;
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
    /// <summary>Most pixels of a picture. Default 100 million.</summary>
    public long MaxPixels { get; init; } = 100_000_000;

    /// <summary>Most pixels of a frame of a clip.</summary>
    public long MaxFramePixels => Math.Min(MaxPixels, FfmpegInput.MaxFramePixels);

    /// <summary>Longest sound or clip in seconds. Default 600.</summary>
    public double MaxSeconds { get; init; } = 600;

    /// <summary>Longest clip in seconds that is brought into its plain form. Default 60.</summary>
    public double MaxPlainClipSeconds { get; init; } = 60;

    /// <summary>Longest that one clip may take to be brought into its plain form. Default 3 minutes.</summary>
    public TimeSpan MaxEncoding { get; init; } = TimeSpan.FromMinutes(3);

    /// <summary>Longest that decoders may run for all media of a request together. Default one minute.</summary>
    public TimeSpan MaxDecoding { get; init; } = TimeSpan.FromMinutes(1);
}
