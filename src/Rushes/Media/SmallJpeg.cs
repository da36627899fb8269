using System.Globalization;

namespace Rushes.Media;

/// <summary>Makes a small JPEG of an image, or of a clip's first frame.</summary>
public static class SmallJpeg
{
    private static readonly TimeSpan Limit = TimeSpan.FromMinutes(1);

    /// <param name="longest">The maximum of its longer side, in pixels.</param>
    /// <param name="folder">A folder for the temporary file.</param>
    /// <returns>Null if the file cannot be decoded.</returns>
    public static async Task<byte[]?> MakeAsync(FfmpegInput input, int longest, string folder, CancellationToken cancel)
    {
        var file = new Folder(folder).NewFile(".jpg");
        var factor = string.Create(CultureInfo.InvariantCulture, $"min(1,{longest}/max(iw,ih))");
        var size = $"scale=w='max(2,trunc(iw*{factor}/2)*2)':h='max(2,trunc(ih*{factor}/2)*2)'";
        var run = new FfmpegRun(
            [input with { Threads = 1 }],
            ["-map", "0:v:0", "-frames:v", "1", "-vf", $"{size},format=yuvj420p", "-q:v", "5", "-f", "mjpeg", file])
        {
            Folder = folder, Limit = Limit,
        };
        try
        {
            return (await Ffmpeg.DecodeAsync(run, cancel)).Ok ? await File.ReadAllBytesAsync(file, cancel) : null;
        }
        finally
        {
            File.Delete(file);
        }
    }
}
