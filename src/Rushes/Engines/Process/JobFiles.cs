using Rushes.Catalog;
using Rushes.Jobs;
using Rushes.Media;

namespace Rushes.Engines.Process;

/// <summary>Converts a job's media to formats that any program can read.</summary>
internal static class JobFiles
{
    private static readonly string[] Images = [".jpg", ".jpeg", ".png", ".webp"];

    /// <summary>
    /// Images become PNG of exactly the rendered size, and the image of a foley job a still clip. The sound of a
    /// sound-to-video job is cut to the video's length, because programs render as long as the sound is; other sounds and
    /// clips are unchanged. Null if one cannot be decoded.
    /// </summary>
    public static async Task<IReadOnlyDictionary<string, string>?> PrepareAsync(
        EngineJob job, VideoFormat rendered, string scratch, CancellationToken cancel)
    {
        var files = new Dictionary<string, string>(job.Files);
        var number = 0;
        foreach (var (field, path) in job.Files)
        {
            if (FormOf(job.Model.Kind, field, path, rendered) is not var (extension, output)) continue;
            var file = new Folder(scratch).File($"input-{++number}{extension}");
            var prepare = new FfmpegRun([FfmpegInput.Of(path)], [.. output, file])
                { Folder = scratch, EncodedPixels = rendered.Pixels };
            var exit = await Ffmpeg.DecodeAsync(prepare, cancel);
            if (!exit.Ok) return null;
            files[field] = file;
        }
        return files;
    }

    /// <summary>The format and options that a file is converted with; null: it is unchanged.</summary>
    private static (string Extension, IReadOnlyList<string> Output)? FormOf(
        ModelKind kind, string field, string path, VideoFormat rendered)
    {
        var rate = Ffmpeg.Rate(rendered.Rate);
        var isImage = Images.Contains(Path.GetExtension(path), StringComparer.OrdinalIgnoreCase);
        var cover = FinalEncode.Cover(rendered.Width, rendered.Height);
        return (kind, isImage) switch
        {
            (ModelKind.SoundToVideo, false) when field == "audio_uri" =>
                (".wav", ["-map", "0:a:0", "-t", Ffmpeg.Number(rendered.Seconds), "-c:a", "pcm_s16le"]),
            (_, false) => null,
            (ModelKind.Foley, true) =>
                (".mp4", ["-map", "0:v:0", "-vf",
                $"trim=end_frame=1,{cover},format=yuv420p,loop=loop=-1:size=1,setpts=N/({rate})/TB,fps={rate}",
                    "-frames:v", $"{rendered.Frames}", "-c:v", "libx264", "-an"]),
            _ => (".png", ["-map", "0:v:0", "-vf", $"{cover},format=rgb24", "-frames:v", "1"]),
        };
    }
}
