using System.Text.Json;
using System.Text.Json.Nodes;
using Rushes.Engines.Process;
using Rushes.Jobs;

namespace Rushes.Engines.SdServer;

/// <summary>The body of POST /sdcpp/v1/vid_gen: the engine file's fields, overridden by the job's.</summary>
internal static class SdServerRequest
{
    /// <summary>Placeholders that have a value in every request.</summary>
    public static readonly IReadOnlyCollection<string> Sent =
        ["prompt", "negative_prompt", "seed", "steps", "file:data_uri", "file:second_image_uri"];

    public static async Task<byte[]> MakeAsync(
        ProgramRecipe recipe, EngineJob job, VideoFormat rendered, IReadOnlyDictionary<string, string> media,
        CancellationToken cancel)
    {
        var values = new JobValues(job, recipe.Drawing, rendered, media, "", recipe.Output, gpu: null);
        var body = recipe.Request?.Filled(values.Find).Content as JsonObject ?? [];
        body["prompt"] = recipe.Drawing.PromptOf(job.Input);
        if (!recipe.WithoutEffect.Contains("negative_prompt"))
            body["negative_prompt"] = recipe.Drawing.Clean(job.Input.NegativePrompt);
        body["width"] = rendered.Width;
        body["height"] = rendered.Height;
        body["video_frames"] = rendered.Frames;
        body["fps"] = (int)Math.Round(rendered.Rate);
        body["seed"] = recipe.Drawing.SeedOf(job.Input);
        body["output_format"] = "webm";
        if (recipe.Drawing.StepsOf(job.Input) is { } steps)
        {
            if (body["sample_params"] is not JsonObject sample) body["sample_params"] = sample = [];
            sample["sample_steps"] = steps;
        }
        if (media.TryGetValue("data_uri", out var first))
            body["init_image"] = Convert.ToBase64String(await File.ReadAllBytesAsync(first, cancel));
        if (media.TryGetValue("second_image_uri", out var last))
            body["end_image"] = Convert.ToBase64String(await File.ReadAllBytesAsync(last, cancel));
        return JsonSerializer.SerializeToUtf8Bytes(body);
    }
}
