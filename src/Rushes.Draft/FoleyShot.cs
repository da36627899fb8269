using Rushes.Engines;
using Rushes.Media;

namespace Rushes.Draft;

/// <summary>
/// Foley: a new sound track for a clip, made from its cuts and its motion. The video stream is unchanged if it can be delivered;
/// only one that must be encoded says that it is a draft.
/// </summary>
internal static class FoleyShot
{
    private const string TrackFile = "foley.wav";

    public static async Task<Prepared> PrepareAsync(EngineJob job, string scratch, CancellationToken cancel)
    {
        if (!job.Files.TryGetValue("data_uri", out var clip)) return Prepared.Failed.Missing("data_uri");
        var input = FfmpegInput.Of(clip);
        if (await VideoProbe.ReadAsync(input, cancel) is not { } facts) return Prepared.Failed.BadMedia("data_uri");

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
                new Shot(inputs, "", ["-map", "0:v:0", "-map", "1:a:0", .. FinalEncode.CopyVideo(sound: true)])
                {
                    Encodes = false,
                });

        var render = job.Plan.Render;
        var script = new AssScript(render.Width, render.Height);
        Lettering.Facts(script, job);
        Lettering.Mark(script, render.Width, render.Height);
        await script.SaveAsync(new Folder(scratch).File(Shot.ScriptFile), cancel);

        var picture = still
            ? ImageShot.Still(0, job, 1)
            : $"[0:v:0]fps={Ffmpeg.Rate(job.Plan.Delivery.Rate)},{FinalEncode.SquarePixels},"
                + $"{FinalEncode.Cover(render.Width, render.Height)},{FinalEncode.Length(job.Plan.Delivery.Frames)}";
        return new Prepared.Ready(
            new Shot(
                inputs, $"{picture},{Shot.Finished(job.Plan)}",
                ["-map", "[v]", "-map", "1:a:0", .. FinalEncode.Arguments(job.Plan, sound: true)]));
    }
}
