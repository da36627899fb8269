using Rushes.Catalog;
using Rushes.Engines;
using Rushes.Media;

namespace Rushes.Draft;

/// <summary>Text to video: a landscape chosen by the prompt's words and the seed, with the prompt below it.</summary>
internal static class TextShot
{
    private const string SkyFile = "sky.rgb";

    public static async Task<Prepared> PrepareAsync(EngineJob job, string scratch, CancellationToken cancel)
    {
        var (prompt, seed) = (job.Input.Prompt, job.Input.Seed);
        var (render, delivery) = (job.Plan.Render, job.Plan.Delivery);
        var dice = Dice.Of(prompt, seed, "scene");

        var scene = Scene.Read(prompt, dice);
        var palette = Palette.Of(scene, dice);
        var stage = Stage.Of(scene, render, delivery.Seconds, prompt, dice);
        var clouds = new Clouds(Dice.Of(prompt, seed, "clouds"));

        var script = new AssScript(render.Width, render.Height);
        new Ornaments(scene, palette, stage, Dice.Of(prompt, seed, "ornaments"), script).Draw();
        new Land(scene, palette, stage, clouds, Dice.Of(prompt, seed, "land"), script).Draw();
        Lettering.Caption(script, prompt, render.Width, render.Height);
        Lettering.Facts(script, job);
        Lettering.Mark(script, render.Width, render.Height);
        await script.SaveAsync(new Folder(scratch).File(Shot.ScriptFile), cancel);

        var sky = new Sky(scene, palette, stage, clouds);
        await sky.SaveAsync(new Folder(scratch).File(SkyFile), delivery.Frames, cancel);

        return new Prepared.Ready(new Shot(
            [FfmpegInput.OfPixels(SkyFile, "rgb48le", new Size(sky.Width, sky.Height), delivery.Rate)],
            $"[0:v]scale={render.Width}:{render.Height}:flags=bicubic,setsar=1,{Shot.Finished(job.Plan)}",
            Shot.Encoded(job.Plan, sound: false)));
    }
}
