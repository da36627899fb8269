using System.Globalization;

namespace Rushes.Media;

/// <summary>Makes a small JPEG of a picture, or of a clip's first frame, for whoever only wants a look.</summary>
public static class SmallJpeg
{
    /// <param name="path">A file that <see cref="Inspection"/> accepted as this type.</param>
    /// <param name="longest">Pixels of its longer side, at most.</param>
    /// <param name="folder">For the file while it is made.</param>
    /// <returns>Null when it cannot be made.</returns>
    public static async Task<byte[]?> MakeAsync(string path, MediaType type, int longest, MediaLimits limits, string folder, CancellationToken cancel)
    {
        var file = new Folder(folder).NewFile(".jpg");
        var factor = string.Create(CultureInfo.InvariantCulture, $"min(1,{longest}/max(iw,ih))");
        var command = new Command("ffmpeg",
        [
            "-v", "error", "-nostdin", "-y", "-threads", "1", .. Decoder.Input(path, type, limits), "-map", "0:v:0", "-frames:v", "1",
            "-vf", $"scale=w='max(2,trunc(iw*{factor}/2)*2)':h='max(2,trunc(ih*{factor}/2)*2)',format=yuvj420p", "-q:v", "5", "-f", "mjpeg", file,
        ]) { Limit = limits.MaxRun };
        await Inspection.Slots.WaitAsync(cancel);
        try
        {
            return (await ChildProcess.RunAsync(command, null, cancel)).Ok ? await File.ReadAllBytesAsync(file, cancel) : null;
        }
        finally
        {
            Inspection.Slots.Release();
            File.Delete(file);
        }
    }
}
