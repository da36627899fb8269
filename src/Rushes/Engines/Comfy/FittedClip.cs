using Rushes.Catalog;
using Rushes.Media;

namespace Rushes.Engines.Comfy;

/// <summary>
/// Brings a clip to the size, rate and length that a graph works with, because nodes read the frames of a file as they are. A
/// clip to be upscaled, or one that is only a reference, keeps its size; a reference may be shorter than the video.
/// </summary>
internal static class FittedClip
{
    /// <param name="path">Of the fitted clip.</param>
    /// <returns>The path; null if the clip cannot be decoded.</returns>
    public static async Task<string?> MakeAsync(
        string clip, RenderSize rendered, EngineJob job, string path, CancellationToken cancel)
    {
        var input = FfmpegInput.Of(clip);
        if (await VideoProbe.ReadAsync(input, cancel) is not { } facts) return null;
        var (kind, isReference) = (job.Model.Kind, !job.Model.Kind.NeedsClip);
        var frames = isReference ? rendered.Frames : job.Plan.Kept > 0 ? job.Plan.Kept : rendered.ExactFrames;
        var seconds = frames / rendered.Rate;
        var size = isReference || kind == ModelKind.Upscale ? "" : $"{FinalEncode.Cover(rendered.Width, rendered.Height)},";
        var length = isReference ? $"trim=end_frame={frames}" : FinalEncode.Length(frames);
        var sound = isReference ? $"atrim=0:{Ffmpeg.Number(seconds)}" : FinalEncode.SoundFilter(seconds);
        var filter = $"fps={Ffmpeg.Rate(rendered.Rate)},{FinalEncode.SquarePixels},{size}{length},format=yuv420p";
        IReadOnlyList<string> output =
        [
            "-map", "0:v:0", "-vf", filter, "-c:v", "libx264", "-preset", "veryfast", "-crf", "12",
            .. facts.HasSound
                ? ["-map", "0:a:0", "-af", sound, "-c:a", "aac"]
                : new[] { "-an" },
            Path.GetFileName(path),
        ];
        var exit = await Ffmpeg.DecodeAsync(
            new FfmpegRun([input.WithFrames(facts.Width, facts.Height)], output)
            {
                Folder = Path.GetDirectoryName(path)!, EncodedPixels = (long)facts.Width * facts.Height,
            }, cancel);
        return exit.Ok ? path : null;
    }
}
