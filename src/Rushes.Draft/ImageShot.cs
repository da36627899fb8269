using Rushes.Engines;
using Rushes.Media;

namespace Rushes.Draft;

/// <summary>Image to video: a camera move over the image, or from a first image to a last one.</summary>
internal static class ImageShot
{
    public static async Task<Prepared> PrepareAsync(EngineJob job, string scratch, CancellationToken cancel)
    {
        if (!job.Files.TryGetValue("data_uri", out var first)) return Prepared.Failed.Missing("data_uri");

        var (render, delivery) = (job.Plan.Render, job.Plan.Delivery);
        var script = new AssScript(render.Width, render.Height);
        Lettering.Facts(script, job);
        Lettering.Mark(script, render.Width, render.Height);
        await script.SaveAsync(new Folder(scratch).File(Shot.ScriptFile), cancel);

        var eased = Camera.Eased(delivery.Frames);
        if (!job.Files.TryGetValue("second_image_uri", out var last))
        {
            var camera = Camera.Read(job.Input.Prompt, Dice.Of(job.Input.Prompt, job.Input.Seed, "camera"));
            return new Prepared.Ready(new Shot(
                [FfmpegInput.Of(first)],
                $"{Still(0, job, 1.2)},{camera.Filter(eased)},"
                + $"scale={render.Width}:{render.Height}:flags=bicubic,{Shot.Finished(job.Plan)}",
                Shot.Encoded(job.Plan, sound: false)));
        }

        // The fade uses the frames of the last image from the first on: as many as are left when it starts.
        var hold = (int)(delivery.Frames * 0.22);
        var left = delivery.Frames - hold;
        var (begins, lasts) = (Ffmpeg.Number(hold / delivery.Rate), Ffmpeg.Number((int)(left * 0.72) / delivery.Rate));
        var dice = Dice.Of(job.Input.Prompt, job.Input.Seed, "way");
        var nearest = dice.Between(1.09f, 1.16f);
        var way = dice.Pick("fade", "fade", "smoothleft", "smoothright", "smoothup", "circleopen");
        return new Prepared.Ready(new Shot(
            [FfmpegInput.Of(first), FfmpegInput.Of(last)],
            $"{Still(0, job, 1)},{Camera.FromWhole(nearest).Filter(eased)}[first];"
            + $"{Still(1, job, 1)},trim=end_frame={left},{Camera.ToWhole(nearest).Filter(Camera.Eased(left))}[last];"
            + $"[first][last]xfade=transition={way}:duration={lasts}:offset={begins},{Shot.Finished(job.Plan)}",
            Shot.Encoded(job.Plan, sound: false)));
    }

    /// <summary>
    /// The first frame of an input at the render size (times <paramref name="spare"/>, for a camera move), repeated at the
    /// delivered rate and length. Decoded and scaled once.
    /// </summary>
    public static string Still(int input, EngineJob job, double spare) => Still($"{input}:v:0", job, spare);

    /// <param name="source">A label in the filter graph.</param>
    public static string Still(string source, EngineJob job, double spare)
    {
        var (width, height) = SizeOf(job, spare);
        return $"[{source}]trim=end_frame=1,{FinalEncode.Cover(width, height)},setsar=1,format=yuv420p,{Held(job)}";
    }

    /// <summary>A picture repeated at the delivered rate and length.</summary>
    public static string Held(EngineJob job)
    {
        var (rate, frames) = (Ffmpeg.Rate(job.Plan.Delivery.Rate), job.Plan.Delivery.Frames);
        return $"loop=loop=-1:size=1,settb=AVTB,setpts=N/({rate})/TB,fps={rate},trim=end_frame={frames}";
    }

    /// <summary>The render size times <paramref name="spare"/>.</summary>
    public static (int Width, int Height) SizeOf(EngineJob job, double spare) =>
        (Even(job.Plan.Render.Width * spare), Even(job.Plan.Render.Height * spare));

    private static int Even(double side) => (int)Math.Round(side / 2) * 2;
}
