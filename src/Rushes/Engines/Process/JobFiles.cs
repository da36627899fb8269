using Rushes.Catalog;
using Rushes.Jobs;
using Rushes.Media;

namespace Rushes.Engines.Process;

/// <summary>A job's media as any program can read them.</summary>
internal static class JobFiles
{
    private static readonly string[] Pictures = [".jpg", ".jpeg", ".png", ".webp"];

    /// <summary>
    /// Pictures become PNG of exactly the drawn size, a foley job's picture a still clip, the sound that a video is made to is
    /// cut to the video's length, since programs draw as long as the sound is; other sounds and clips stay. Null: one cannot be
    /// decoded.
    /// </summary>
    public static async Task<IReadOnlyDictionary<string, string>?> PrepareAsync(EngineJob job, VideoFormat drawn, string scratch, CancellationToken cancel)
    {
        var files = new Dictionary<string, string>(job.Files);
        var number = 0;
        foreach (var (field, path) in job.Files)
        {
            if (FormOf(job.Model.Kind, field, path, drawn) is not var (extension, output)) continue;
            var file = new Folder(scratch).File($"input-{++number}{extension}");
            var prepare = new FfmpegRun([FfmpegInput.Of(path)], [.. output, file]) { Folder = scratch, EncodedPixels = drawn.Pixels };
            var exit = await Ffmpeg.DecodeAsync(prepare, cancel);
            if (!exit.Ok) return null;
            files[field] = file;
        }
        return files;
    }

    /// <summary>What a file is made into, and by which options; null: it stays as it is.</summary>
    private static (string Extension, IReadOnlyList<string> Output)? FormOf(ModelKind kind, string field, string path, VideoFormat drawn)
    {
        var rate = Ffmpeg.Rate(drawn.Rate);
        var isPicture = Pictures.Contains(Path.GetExtension(path), StringComparer.OrdinalIgnoreCase);
        var cover = FinalEncode.Cover(drawn.Width, drawn.Height);
        return (kind, isPicture) switch
        {
            (ModelKind.SoundToVideo, false) when field == "audio_uri" =>
                (".wav", ["-map", "0:a:0", "-t", Ffmpeg.Number(drawn.Seconds), "-c:a", "pcm_s16le"]),
            (_, false) => null,
            (ModelKind.Foley, true) =>
                (".mp4", ["-map", "0:v:0", "-vf", $"trim=end_frame=1,{cover},format=yuv420p,loop=loop=-1:size=1,setpts=N/({rate})/TB,fps={rate}",
                    "-frames:v", $"{drawn.Frames}", "-c:v", "libx264", "-an"]),
            _ => (".png", ["-map", "0:v:0", "-vf", $"{cover},format=rgb24", "-frames:v", "1"]),
        };
    }
}
