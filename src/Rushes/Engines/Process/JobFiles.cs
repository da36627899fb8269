using Rushes.Catalog;
using Rushes.Jobs;
using Rushes.Media;

namespace Rushes.Engines.Process;

/// <summary>A job's media as any program can read them.</summary>
internal static class JobFiles
{
    private static readonly string[] Pictures = [".jpg", ".jpeg", ".png", ".webp"];

    /// <summary>
    /// Pictures become PNG of exactly the drawn size, a foley job's picture a still clip; sounds and clips stay. Null: one cannot
    /// be decoded.
    /// </summary>
    public static async Task<IReadOnlyDictionary<string, string>?> PrepareAsync(EngineJob job, VideoFormat drawn, string scratch, CancellationToken cancel)
    {
        var files = new Dictionary<string, string>(job.Files);
        var number = 0;
        foreach (var (field, path) in job.Files)
        {
            if (!Pictures.Contains(Path.GetExtension(path), StringComparer.OrdinalIgnoreCase)) continue;
            var clip = job.Model.Kind == ModelKind.Foley;
            var file = new Folder(scratch).File($"input-{++number}{(clip ? ".mp4" : ".png")}");
            var rate = Ffmpeg.Rate(drawn.Rate);
            IReadOnlyList<string> output = clip
                ? ["-vf", $"trim=end_frame=1,{FinalEncode.Cover(drawn.Width, drawn.Height)},format=yuv420p,loop=loop=-1:size=1,setpts=N/({rate})/TB,fps={rate}",
                    "-frames:v", $"{drawn.Frames}", "-c:v", "libx264", "-an"]
                : ["-vf", $"{FinalEncode.Cover(drawn.Width, drawn.Height)},format=rgb24", "-frames:v", "1"];
            var prepare = new FfmpegRun([FfmpegInput.Of(path)], ["-map", "0:v:0", .. output, file]) { Folder = scratch, EncodedPixels = drawn.Pixels };
            var exit = await Ffmpeg.RunAsync(prepare, cancel);
            if (!exit.Ok) return null;
            files[field] = file;
        }
        return files;
    }
}
