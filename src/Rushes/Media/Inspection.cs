namespace Rushes.Media;

/// <summary>
/// The result of checking a media file of a request. The reason for rejecting it is a phrase after the field's name.
/// </summary>
public abstract record Inspection
{
    private Inspection() { }

    /// <param name="Facts">The properties of the plain form, if one was made.</param>
    /// <param name="IsRewritten">Whether a plain form was written; otherwise the file already is in plain form.</param>
    public sealed record Accepted(MediaFacts Facts, bool IsRewritten = false) : Inspection;

    /// <param name="Reason">Such as <c>is an HTML page, not a picture; send JPEG, PNG or WebP</c>.</param>
    public sealed record Rejected(string Reason) : Inspection;

    /// <summary>Too many files of the account are waiting; this one was not checked.</summary>
    public sealed record Busy : Inspection;
}

/// <summary>The properties of an accepted file.</summary>
/// <param name="Width">In pixels as displayed; 0 for a sound. The same for the height.</param>
/// <param name="Seconds">0 for a picture.</param>
/// <param name="Rate">Frames per second of a clip, otherwise 0.</param>
/// <param name="Frames">1 for a picture, 0 for a sound.</param>
public sealed record MediaFacts(
    MediaType Type, int Width, int Height, double Seconds, double Rate, int Frames, bool HasSound, bool IsVisual);

/// <summary>Limits for media that are decoded.</summary>
public sealed record MediaLimits
{
    /// <summary>The maximum bytes of a picture. Default unlimited.</summary>
    public long MaxImageBytes { get; init; } = long.MaxValue;

    /// <summary>The maximum pixels of a picture. Default 100 million.</summary>
    public long MaxPixels { get; init; } = 100_000_000;

    /// <summary>The maximum pixels of a frame of a clip.</summary>
    public long MaxFramePixels => Math.Min(MaxPixels, FfmpegInput.MaxFramePixels);

    /// <summary>The maximum length of a sound or clip in seconds. Default 600.</summary>
    public double MaxSeconds { get; init; } = 600;

    /// <summary>The maximum length in seconds of a clip that is converted to its plain form. Default 60.</summary>
    public double MaxPlainClipSeconds { get; init; } = 60;

    /// <summary>The time limit for converting one clip to its plain form. Default 3 minutes.</summary>
    public TimeSpan MaxEncoding { get; init; } = TimeSpan.FromMinutes(3);

    /// <summary>The time limit for decoding all media of a request together. Default 1 minute.</summary>
    public TimeSpan MaxDecoding { get; init; } = TimeSpan.FromMinutes(1);
}
