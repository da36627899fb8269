using Rushes.Catalog;
using Rushes.Media;

namespace Rushes.Engines.Comfy;

/// <summary>
/// Brings a clip to the size, rate and length that a graph works with, because nodes read the frames of a file as they are. A
/// clip to be upscaled keeps its size.
/// </summary>
internal static class FittedClip
{
    private const string FileName = "fitted.mp4";

    /// <summary>Null if it cannot be decoded.</summary>
    public static async Task<string?> MakeAsync(
        string clip, Drawn drawn, EngineJob job, string scratch, CancellationToken cancel)
    {
        var input = FfmpegInput.Of(clip);
        if (await VideoProbe.FindAsync(input, cancel) is not { } facts) return null;
        var frames = job.Plan.Kept > 0 ? job.Plan.Kept : drawn.ExactFrames;
        var size = job.Model.Kind == ModelKind.Upscale ? "" : $"{FinalEncode.Cover(drawn.Width, drawn.Height)},";
        var filter = $"fps={Ffmpeg.Rate(drawn.Rate)},{FinalEncode.SquarePixels},{size}{FinalEncode.Length(frames)},"
            + "format=yuv420p";
        IReadOnlyList<string> output =
        [
            "-map", "0:v:0", "-vf", filter, "-c:v", "libx264", "-preset", "veryfast", "-crf", "12",
            .. facts.HasSound
                ? ["-map", "0:a:0", "-af", FinalEncode.SoundFilter(frames / drawn.Rate), "-c:a", "aac"]
                : new[] { "-an" },
            FileName,
        ];
        var exit = await Ffmpeg.DecodeAsync(
            new FfmpegRun([input.WithFrames(facts.Width, facts.Height)], output)
            {
                Folder = scratch, EncodedPixels = (long)facts.Width * facts.Height,
            }, cancel);
        return exit.Ok ? new Folder(scratch).File(FileName) : null;
    }
}
