using Rushes.Media;
using Xunit;

namespace Rushes.Tests.Engines;

/// <summary>Small pictures, sounds and clips, drawn by ffmpeg when a test asks for them.</summary>
internal static class SampleMedia
{
    public static Task<string> PictureAsync(
        TempFolder folder, string name = "picture.png", int width = 200, int height = 120, string colours = "testsrc2") =>
        MakeAsync(folder, name, ["-f", "lavfi", "-i", $"{colours}=s={width}x{height}:r=1", "-frames:v", "1"]);

    /// <summary>A tone that comes and goes twice a second.</summary>
    public static Task<string> SoundAsync(TempFolder folder, double seconds = 1.2) =>
        MakeAsync(folder, "sound.wav", ["-f", "lavfi", "-i", $"sine=f=330:d={Ffmpeg.Number(seconds)},tremolo=f=2:d=0.9"]);

    /// <summary>Stereo at 44.1 kHz: 176,400 bytes a second.</summary>
    public static byte[] SilentWav(int seconds)
    {
        const int rate = 44_100, frame = 4;
        var wav = new byte[44 + (seconds * rate * frame)];
        "RIFF\0\0\0\0WAVEfmt "u8.CopyTo(wav);
        BitConverter.TryWriteBytes(wav.AsSpan(4), wav.Length - 8);
        int[] header = [16, 1 | (2 << 16), rate, rate * frame, frame | (16 << 16)];
        for (var i = 0; i < header.Length; i++) BitConverter.TryWriteBytes(wav.AsSpan(16 + (i * 4)), header[i]);
        "data"u8.CopyTo(wav.AsSpan(36));
        BitConverter.TryWriteBytes(wav.AsSpan(40), wav.Length - 44);
        return wav;
    }

    /// <summary>A moving picture, with one cut in the middle, and sound of its own.</summary>
    public static Task<string> ClipAsync(
        TempFolder folder, string name = "clip.mp4", int width = 160, int height = 120, int frames = 16, int rate = 16,
        params string[] encoding) =>
        MakeAsync(folder, name,
        [
            "-f", "lavfi", "-i", $"testsrc2=s={width}x{height}:r={rate},negate=enable='gte(n,{frames / 2})'", "-f", "lavfi", "-i",
            "sine=f=200", "-frames:v", $"{frames}", "-shortest",
            .. encoding.Length == 0 ? ["-c:v", "libx264", "-pix_fmt", "yuv420p", "-preset", "ultrafast"] : encoding,
        ]);

    /// <summary>Runs ffmpeg for a test; gives the file it wrote.</summary>
    public static async Task<string> MakeAsync(TempFolder folder, string name, IEnumerable<string> arguments)
    {
        var exit = await DrawnFiles.MakeAsync([.. arguments], name, TestContext.Current.CancellationToken, folder.Path);
        Assert.True(exit.Ok, exit.Errors);
        return folder[name];
    }

    /// <summary>What a filter prints on the information level, such as <c>volumedetect</c>'s levels.</summary>
    public static async Task<string> MeasureAsync(params string[] arguments)
    {
        var exit = await Tool.RunAsync(
            "ffmpeg", ["-hide_banner", "-nostdin", "-nostats", .. arguments, "-f", "null", "-"],
            TestContext.Current.CancellationToken);
        Assert.True(exit.Ok, exit.Errors);
        return exit.Errors;
    }

    /// <summary>One hash per decoded frame.</summary>
    public static async Task<string> FramesOfAsync(string path) =>
        await PrintAsync("-i", path, "-map", "0:v:0", "-f", "framemd5", "-");

    /// <summary>One hash over a stream's packets as they lie in the file.</summary>
    public static async Task<string> PacketsOfAsync(string path) =>
        await PrintAsync("-i", path, "-map", "0:v:0", "-c", "copy", "-f", "streamhash", "-");

    /// <summary>A hash of each stream's packets.</summary>
    public static async Task<string> StreamsOfAsync(string path) =>
        await PrintAsync("-i", path, "-map", "0", "-c", "copy", "-f", "streamhash", "-");

    private static async Task<string> PrintAsync(params string[] arguments)
    {
        var exit = await Tool.RunAsync("ffmpeg", ["-v", "error", .. arguments], TestContext.Current.CancellationToken);
        Assert.True(exit.Ok, exit.Errors);
        return exit.Output;
    }
}
