using Rushes.Catalog;
using Rushes.Jobs;
using Rushes.Media;

namespace Rushes.Engines.Comfy;

/// <summary>Converts an image to a still clip, where a clip is needed.</summary>
internal static class StillClip
{
    public const string FileName = "still.mp4";

    public static bool IsImage(string path)
    {
        using var file = File.OpenRead(path);
        Span<byte> head = stackalloc byte[16];
        return MediaTypes.Detect(head[..file.ReadAtLeast(head, head.Length, throwOnEndOfStream: false)])
            is { Kind: MediaKind.Picture };
    }

    /// <summary>Null if it cannot be decoded.</summary>
    public static async Task<string?> MakeAsync(string image, VideoFormat format, string scratch, CancellationToken cancel)
    {
        var filter = $"{FinalEncode.Cover(format.Width, format.Height)},{FinalEncode.Length(format.Frames)},"
            + $"setpts=N/({Ffmpeg.Rate(format.Rate)})/TB,format=yuv420p";
        IReadOnlyList<string> output =
            ["-vf", filter, "-r", Ffmpeg.Rate(format.Rate), "-c:v", "libx264", "-preset", "veryfast", "-crf",
                "12", "-an", FileName];
        var exit = await Ffmpeg.DecodeAsync(
            new FfmpegRun([FfmpegInput.Of(image)], output) { Folder = scratch, EncodedPixels = format.Pixels }, cancel);
        return exit.Ok ? new Folder(scratch).File(FileName) : null;
    }
}
