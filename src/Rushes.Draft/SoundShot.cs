using Rushes.Engines;
using Rushes.Media;

namespace Rushes.Draft;

/// <summary>
/// Sound to video: the image and the lower face in it move with the sound, whose waveform runs along the bottom.
/// </summary>
internal static class SoundShot
{
    /// <summary>The most points of an expression; the one for the camera occurs eight times in the filter graph.</summary>
    private const int Knots = 240;

    public static async Task<Prepared> PrepareAsync(EngineJob job, string scratch, CancellationToken cancel)
    {
        if (!job.Files.TryGetValue("data_uri", out var picture)) return Prepared.Failed.Missing("data_uri");
        if (!job.Files.TryGetValue("audio_uri", out var sound)) return Prepared.Failed.Missing("audio_uri");

        var (render, delivery) = (job.Plan.Render, job.Plan.Delivery);
        var loudness = await Loudness.MeasureAsync(sound, delivery.Seconds, scratch, cancel);
        if (loudness is null) return Prepared.Failed.BadMedia("audio_uri");

        var script = new AssScript(render.Width, render.Height);
        Waveform.Draw(script, loudness, job.Plan);
        Lettering.Facts(script, job);
        Lettering.Mark(script, render.Width, render.Height);
        await script.SaveAsync(new Folder(scratch).File(Shot.ScriptFile), cancel);

        return new Prepared.Ready(new Shot(
            [FfmpegInput.Of(picture), FfmpegInput.Of(sound)],
            $"{Mouth.Still(0, job, 1.15, Speech(job, loudness))},{Movement(job, loudness)},"
            + $"scale={render.Width}:{render.Height}:flags=bicubic,"
            + $"{Shot.Finished(job.Plan)};[1:a:0]{FinalEncode.SoundFilter(delivery.Seconds)}[a]",
            Shot.Encoded(job.Plan, sound: true)));
    }

    /// <summary>How far the mouth is open.</summary>
    private static string Speech(EngineJob job, Loudness loudness)
    {
        // The jaw is slower than the sound, but faster than the head.
        double Level(int frame)
        {
            var time = (frame + 0.5) / job.Plan.Delivery.Rate;
            return Math.Pow((loudness.Level(time) + loudness.Calm(time)) / 2, 1.6);
        }
        return Curve.Expression(Level, job.Plan.Delivery.Frames, Knots, "n", 0);
    }

    private static string Movement(EngineJob job, Loudness loudness)
    {
        var delivery = job.Plan.Delivery;
        double Level(int frame) => loudness.Calm((frame + 0.5) / delivery.Rate);
        var level = $"({Curve.Expression(Level, delivery.Frames, Knots, "on", Camera.FirstFrame)})";

        var dice = Dice.Of(job.Input.Prompt, job.Input.Seed, "sway");
        var time = $"(on/{Ffmpeg.Rate(delivery.Rate)})";
        string Sway(double size, double seconds) =>
            FormattableString.Invariant($"{size}*sin({time}*{2 * Math.PI / seconds:0.####}+{dice.Next() * 6:0.###})");

        var move = Camera.Quad(
            x: $"(0.5+{Sway(0.006, 4.3)})", y: $"(0.5+{Sway(0.004, 3.1)}-0.01*{level})",
            half: $"(0.478-0.012*{level})", turn: Sway(0.004, 5.2), nod: $"(0.012*{level})");
        var glow = Curve.Expression(Level, delivery.Frames, Knots, "n", 0);
        return $"{move},eq=eval=frame:brightness='0.028*({glow})-0.01'";
    }
}
