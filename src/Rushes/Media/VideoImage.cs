using Rushes.Jobs;

namespace Rushes.Media;

public enum ResultImage
{
    /// <summary>One frame from the middle of the video.</summary>
    Thumbnail,

    /// <summary>A grid of frames from the whole video.</summary>
    Spritesheet,

    /// <summary>The last frame in its full size, to continue from in another video.</summary>
    LastFrame,
}

/// <summary>Makes a still image of a finished video, as WebP.</summary>
public static class VideoImage
{
    private const int MaxSide = 640;

    /// <summary>Columns and rows of a sprite sheet, and the width of each frame in pixels.</summary>
    private const int Tiles = 4, TileWidth = 240;

    private static readonly TimeSpan Limit = TimeSpan.FromMinutes(2);

    /// <param name="output">The file that is written.</param>
    /// <param name="folder">The folder of both files.</param>
    /// <returns>False if the video cannot be decoded.</returns>
    public static async Task<bool> MakeAsync(
        string video, ResultImage image, VideoFormat format, string output, string folder, CancellationToken cancel)
    {
        var input = FfmpegInput.OfEngine(video).WithFrames(format.Width, format.Height) with { Threads = 1 };
        if (image == ResultImage.Thumbnail) input = input with { Options = ["-ss", Ffmpeg.Number(format.Seconds / 2)] };
        // Frames of the last half second, or the last two; each replaces the one before in the file.
        if (image == ResultImage.LastFrame)
            input = input with { Options = ["-sseof", Ffmpeg.Number(-Math.Max(0.5, 2 / format.Rate))] };
        string[] frames = image == ResultImage.LastFrame ? ["-update", "1"] : ["-frames:v", "1", "-vf", FilterOf(image, format)];
        var run = new FfmpegRun(
            [input],
            [
                "-map", "0:v:0", .. frames, "-c:v", "libwebp", "-quality", image == ResultImage.LastFrame ? "95" : "80",
                "-f", image == ResultImage.LastFrame ? "image2" : "webp", output,
            ])
        {
            Folder = folder, Limit = Limit,
        };
        return (await Ffmpeg.RunAsync(run, cancel)).Ok && new FileInfo(output) is { Exists: true, Length: > 0 };
    }

    private static string FilterOf(ResultImage image, VideoFormat format) => image == ResultImage.Thumbnail
        ? $"scale=w='if(gt(iw,ih),min(iw,{MaxSide}),-2)':h='if(gt(iw,ih),-2,min(ih,{MaxSide}))'"
        : $"fps={Ffmpeg.Number(Tiles * Tiles / format.Seconds)},scale={TileWidth}:-2,tile={Tiles}x{Tiles}";
}
