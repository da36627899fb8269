namespace Rushes.Media;

/// <summary>Looks at a clip, and makes its plain form where it is not plain.</summary>
internal sealed class ClipInspection(FfmpegInput input, FoundType found, MediaType type, Probe probe, MediaLimits limits)
{
    /// <param name="plainFile">Where the plain form is written if the file is not plain; null: it is only looked at.</param>
    public async Task<Inspection> RunAsync(DecodingTime time, string? plainFile, CancellationToken cancel)
    {
        var decoder = new Decoder(input, limits, time);
        // Browsers record WebM without saying how long it is.
        var seconds = probe.Seconds ?? await decoder.DecodeLengthAsync(cancel) ?? 0;
        if (seconds <= 0) return new Inspection.Refused("is a clip of no length");
        if (seconds > limits.MaxSeconds) return MediaRefusal.TooLong(limits);
        if (!await decoder.DecodesBothEndsAsync(probe.Seconds, cancel))
            return MediaRefusal.Damaged(type, "its pictures cannot be decoded", time);
        if (await decoder.HasLargerFramesAsync(cancel)) return MediaRefusal.LargerFrames(probe.Width, probe.Height);

        var timing = await ClipTiming.ReadAsync(input, probe, time, cancel);
        if (timing is not null) seconds = timing.End;
        var rate = probe.Rate > 0 ? probe.Rate : probe.Frames / seconds;
        var facts = new MediaFacts(
            type, probe.Width, probe.Height, seconds, rate, timing?.Frames ?? probe.Frames, probe.HasSound, HasPicture: true);
        // A clip longer than that is too long for every model: its plan refuses it.
        if (plainFile is null || timing is null || seconds > limits.MaxPlainClipSeconds) return new Inspection.Accepted(facts);
        var isPlain = PlainClip.IsPlainPicture(probe.Picture!, timing);
        return isPlain && PlainClip.IsPlainContainer(found, type)
            ? new Inspection.Accepted(facts)
            : await MakePlainAsync(timing, isPlain, plainFile, cancel);
    }

    private async Task<Inspection> MakePlainAsync(ClipTiming timing, bool copied, string plainFile, CancellationToken cancel)
    {
        var time = new DecodingTime(limits.MaxEncoding);
        var size = PlainClip.SizeOf(probe.Picture!);
        int? sound = probe.SoundCodecs.ToList().FindIndex(codec => codec is not ("" or "unknown" or "none")) is >= 0 and var first
            ? first
            : null;
        var exit = await time.SpendAsync(left => Ffmpeg.DecodeAsync(
            new FfmpegRun([input], PlainClip.Output(probe.Picture!, timing, sound, copied, plainFile))
            {
                Folder = Path.GetDirectoryName(plainFile)!, Limit = left,
                EncodedPixels = copied ? 0 : (long)size.Width * size.Height,
            }, cancel));
        if (!exit.Ok || await VideoProbe.FindAsync(FfmpegInput.Of(plainFile, MediaType.Mp4), cancel) is not { } plain)
            return MediaRefusal.Damaged(type, "its pictures cannot be decoded", time);
        return new Inspection.Accepted(
            new MediaFacts(
                MediaType.Mp4, plain.Width, plain.Height, plain.Seconds, plain.Rate, plain.Frames, plain.HasSound,
                HasPicture: true),
            IsRewritten: true);
    }
}
