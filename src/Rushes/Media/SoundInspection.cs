namespace Rushes.Media;

/// <summary>
/// Checks a sound. Its length is the decoded length; the header only shows whether the file was cut off, unless its length is
/// an estimate.
/// </summary>
internal sealed class SoundInspection(FfmpegInput input, FoundType found, MediaType type, Probe probe)
{
    /// <summary>The first streams of a file may have a codec that ffmpeg cannot decode.</summary>
    private const int MaxStreams = 4;

    /// <param name="plain">The path for the plain form if one is needed; null to check only.</param>
    public async Task<Inspection> RunAsync(
        MediaLimits limits, DecodingTime time, string? plain, CancellationToken cancel)
    {
        var decoder = new Decoder(input with { Threads = 1 }, limits, time);
        var mayStay = plain is null || PlainSound.MayStay(found, type, probe);
        var (stream, seconds) = await FirstAsync(decoder, mayStay ? null : plain, cancel);
        if (seconds is null) return MediaRejection.Damaged(type, "it cannot be decoded to its end", time);
        if (seconds <= 0) return new Inspection.Rejected("is a sound of no length");
        if (seconds > limits.MaxSeconds) return MediaRejection.TooLong(limits);
        if (PlainSound.Announces(type, probe) && IsCutOff(seconds.Value)) return MediaRejection.CutOff;

        var isPlain = mayStay && stream == 0 && PlainSound.HasRightLength(probe, seconds.Value);
        if (plain is not null && mayStay && !isPlain
            && await decoder.DecodeSoundAsync(type, stream, plain, cancel) is null)
            return MediaRejection.Damaged(type, "it cannot be decoded to its end", time);
        return plain is null || isPlain
            ? Accepted(type, seconds.Value)
            : Accepted(MediaType.Wav, LengthOf(plain) ?? seconds.Value) with { IsRewritten = true };
    }

    private static Inspection.Accepted Accepted(MediaType type, double seconds) =>
        new(new MediaFacts(type, 0, 0, seconds, 0, 0, HasSound: true, IsVisual: false));

    private static double? LengthOf(string wavFile)
    {
        using var file = new FileWindow(wavFile);
        return WavFile.Read(file)?.Seconds;
    }

    private bool IsCutOff(double seconds) =>
        probe.Seconds is { } announced && seconds < announced * 0.98 - 0.5 && CutOff.IsLikely(announced, seconds);

    /// <summary>The first stream that can be decoded, and its length; null if there is none.</summary>
    private async Task<(int Stream, double? Seconds)> FirstAsync(Decoder decoder, string? wavFile, CancellationToken cancel)
    {
        (int, double?) first = (0, null);
        for (var stream = 0; stream < Math.Min(probe.SoundCodecs.Count, MaxStreams); stream++)
        {
            var seconds = await decoder.DecodeSoundAsync(type, stream, wavFile, cancel);
            if (seconds > 0) return (stream, seconds);
            if (stream == 0) first = (0, seconds);
        }
        return first;
    }
}
