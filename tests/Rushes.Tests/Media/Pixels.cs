using System.Globalization;
using Xunit;

namespace Rushes.Tests.Media;

/// <summary>The first frame of a picture or clip as ffmpeg decodes it, without turning it.</summary>
internal sealed class Pixels(int width, int height, string format, byte[] colours)
{
    public (int Width, int Height) Size => (width, height);

    /// <summary>Such as <c>rgb24</c>.</summary>
    public string Format => format;

    public static async Task<Pixels> ReadAsync(string path, CancellationToken cancel)
    {
        using var folder = new TempFolder();
        var probe = await Tool.RunAsync(
            "ffprobe",
            ["-v", "error", "-select_streams", "v:0", "-show_entries", "stream=width,height,pix_fmt", "-of", "csv=p=0", path],
            cancel);
        Assert.True(probe.Ok, probe.Errors);
        var words = probe.Output.Trim().Split(',');
        var exit = await Tool.RunAsync(
            "ffmpeg",
            [
                "-v", "error", "-noautorotate", "-i", path, "-map", "0:v:0", "-frames:v", "1",
                "-f", "rawvideo", "-pix_fmt", "rgb24", folder["pixels"],
            ],
            cancel);
        Assert.True(exit.Ok, exit.Errors);
        var pixels = await File.ReadAllBytesAsync(folder["pixels"], cancel);
        return new Pixels(
            int.Parse(words[0], CultureInfo.InvariantCulture), int.Parse(words[1], CultureInfo.InvariantCulture), words[2],
            pixels);
    }

    /// <param name="x">From 0 at the left to 1 at the right.</param>
    /// <param name="colour">Six hexadecimal digits.</param>
    /// <param name="tolerance">Of each of red, green and blue.</param>
    public void Check(double x, double y, string colour, int tolerance)
    {
        var at = ((int)(y * height) * width + (int)(x * width)) * 3;
        var found = colours.AsSpan(at, 3).ToArray();
        Assert.True(
            found.Zip(Convert.FromHexString(colour)).All(pair => Math.Abs(pair.First - pair.Second) <= tolerance),
            $"At {x}, {y} is {Convert.ToHexStringLower(found)}, not {colour}.");
    }
}
