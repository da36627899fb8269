using Rushes.Engines;
using Rushes.Media;

namespace Rushes.Draft;

/// <summary>Foley: a new sound track for a clip, made from its cuts and its motion; the video stream is unchanged.</summary>
internal static class FoleyShot
{
    private const string TrackFile = "foley.wav";

    public static async Task<Prepared> PrepareAsync(EngineJob job, string scratch, CancellationToken cancel)
    {
        if (!job.Files.TryGetValue("data_uri", out var clip)) return Prepared.Failed.Missing("data_uri");
        var input = FfmpegInput.Of(clip);
        if (await VideoProbe.FindAsync(input, cancel) is not { } facts) return Prepared.Failed.BadMedia("data_uri");

        if (facts.Frames > 1) input = input.WithFrames(facts.Width, facts.Height);
        var still = facts.Frames == 1;
        var copied = !still && FinalEncode.IsDeliverable(facts) && job.Plan is { IsScaled: false, AlwaysEncode: false };
        var seconds = copied ? facts.Seconds : job.Plan.Delivery.Seconds;
        var motion = still ? Motion.None : await Motion.MeasureAsync(input, seconds, scratch, cancel);
        if (motion is null) return Prepared.Failed.BadMedia("data_uri");

        var synth = new Synth(motion, job.Input.Prompt, job.Input.Seed, job.Input.BackgroundMusic);
        await synth.SaveAsync(new Folder(scratch).File(TrackFile), seconds, cancel);

        IReadOnlyList<FfmpegInput> inputs = [input, FfmpegInput.OfWav(TrackFile)];
        if (copied)
            return new Prepared.Ready(
                new Shot(inputs, "", ["-map", "0:v:0", "-map", "1:a:0", .. FinalEncode.CopyPicture(sound: true)])
                {
                    Encodes = false,
                });

        var (delivery, rate) = (job.Plan.Delivery, Ffmpeg.Rate(job.Plan.Delivery.Rate));
        var picture = still
            ? $"{PictureShot.Still(0, job, 1)},scale={delivery.Width}:{delivery.Height}:flags=lanczos,setsar=1,format=yuv420p[v]"
            : $"[0:v:0]fps={rate},{FinalEncode.SquarePixels},{FinalEncode.Cover(delivery.Width, delivery.Height)},"
                + $"{FinalEncode.Length(delivery.Frames)},format=yuv420p[v]";
        return new Prepared.Ready(
            new Shot(inputs, picture, ["-map", "[v]", "-map", "1:a:0", .. FinalEncode.Arguments(job.Plan, sound: true)]));
    }
}
