using Rushes.Catalog;

namespace Rushes.Media;

/// <summary>Checks a clip and makes its plain form if needed.</summary>
internal sealed class ClipInspection(FfmpegInput input, FoundType found, MediaType type, Probe probe, MediaLimits limits)
{
    private ClipTiming? timing;

    private VideoStream Video => probe.Video!;

    private Size PlainSize => PlainClip.SizeOf(Video);

    private bool IsPlainVideo => timing is not null && PlainClip.IsPlainVideo(Video, timing);

    /// <summary>Known after the check. A longer clip is too long for every model, and planning rejects it.</summary>
    public bool NeedsPlainForm => timing is not null && timing.End <= limits.MaxPlainClipSeconds
        && !(IsPlainVideo && PlainClip.IsPlainContainer(found, type));

    /// <summary>Bytes of memory needed to make the plain form.</summary>
    public long PlainMemory => input.Memory + Ffmpeg.EncoderMemory(EncodedPixels);

    private long EncodedPixels => IsPlainVideo ? 0 : (long)PlainSize.Width * PlainSize.Height;

    public async Task<Inspection> LookAsync(DecodingTime time, CancellationToken cancel)
    {
        var decoder = new Decoder(input, limits, time);
        // Browsers record WebM without a length in the header.
        var seconds = probe.Seconds ?? await decoder.DecodeLengthAsync(cancel) ?? 0;
        if (seconds <= 0) return new Inspection.Rejected("is a clip of no length");
        if (seconds > limits.MaxSeconds) return MediaRejection.TooLong(limits);
        switch (await decoder.CheckClipAsync(probe.Seconds, cancel))
        {
            case ClipFault.Damaged: return MediaRejection.Damaged(type, "its pictures cannot be decoded", time);
            case ClipFault.LargerFrames: return MediaRejection.LargerFrames(probe.Width, probe.Height);
        }

        timing = await ClipTiming.ReadAsync(input, probe, time, cancel);
        if (timing is not null) seconds = timing.End;
        if (seconds > limits.MaxSeconds) return MediaRejection.TooLong(limits);
        var rate = probe.Rate > 0 ? probe.Rate : probe.Frames / seconds;
        return new Inspection.Accepted(new MediaFacts(
            type, probe.Width, probe.Height, seconds, rate, timing?.Frames ?? probe.Frames, probe.HasSound, IsVisual: true));
    }

    /// <param name="file">The file for the plain form.</param>
    public async Task<Inspection> MakePlainAsync(string file, CancellationToken cancel)
    {
        var time = new DecodingTime(limits.MaxEncoding);
        var sound = probe.SoundCodecs.ToList().FindIndex(codec => codec is not ("" or "unknown" or "none"));
        var output = PlainClip.Output(Video, timing!, sound < 0 ? null : sound, IsPlainVideo, file);
        var exit = await time.SpendAsync(left => Ffmpeg.DecodeAsync(
            new FfmpegRun([input], output)
            {
                Folder = Path.GetDirectoryName(file)!, Limit = left, EncodedPixels = EncodedPixels,
            }, cancel));
        if (!exit.Ok || await VideoProbe.ReadAsync(FfmpegInput.Of(file, MediaType.Mp4), cancel) is not { } plain)
            return MediaRejection.Damaged(type, "its pictures cannot be decoded", time);
        return new Inspection.Accepted(
            new MediaFacts(
                MediaType.Mp4, plain.Width, plain.Height, plain.Seconds, plain.Rate, plain.Frames, plain.HasSound,
                IsVisual: true),
            IsRewritten: true);
    }
}
