using Rushes.Engines;
using Rushes.Media;

namespace Rushes.Draft;

/// <summary>A video made from a clip: the clip with slightly different colors; a continuation holds its last frame.</summary>
internal static class ClipShot
{
    public static async Task<Prepared> PrepareAsync(EngineJob job, string scratch, CancellationToken cancel)
    {
        if (!job.Files.TryGetValue("data_uri", out var clip)) return Prepared.Failed.Missing("data_uri");
        var input = FfmpegInput.Of(clip);
        if (await VideoProbe.ReadAsync(input, cancel) is not { } facts) return Prepared.Failed.BadMedia("data_uri");

        var (render, delivery) = (job.Plan.Render, job.Plan.Delivery);
        var script = new AssScript(render.Width, render.Height);
        Lettering.Facts(script, job);
        Lettering.Mark(script, render.Width, render.Height);
        await script.SaveAsync(new Folder(scratch).File(Shot.ScriptFile), cancel);

        var tint = Dice.Of(job.Input.Prompt, job.Input.Seed, "tint").Between(4, 40);
        var picture = $"[0:v:0]fps={Ffmpeg.Rate(delivery.Rate)},{FinalEncode.SquarePixels},"
            + $"{FinalEncode.Cover(render.Width, render.Height)},hue=h={Ffmpeg.Number(tint)},"
            + $"{FinalEncode.Length(delivery.Frames)},{Shot.Finished(job.Plan)}";
        return new Prepared.Ready(new Shot(
            [input.WithFrames(facts.Width, facts.Height)],
            facts.HasSound ? $"{picture};[0:a:0]{FinalEncode.SoundFilter(delivery.Seconds)}[a]" : picture,
            Shot.Encoded(job.Plan, facts.HasSound)));
    }
}
