using System.Globalization;
using System.Text;
using Xunit;

namespace Rushes.Tests.Media;

/// <summary>The first frame of a picture or clip as ffmpeg decodes it, without turning it.</summary>
internal sealed class Pixels
{
    /// <summary>A binary PPM: <c>P6 WIDTH HEIGHT 255</c>, then red, green and blue of each pixel.</summary>
    private readonly byte[] ppm;
    private readonly int start;

    private Pixels(byte[] ppm)
    {
        this.ppm = ppm;
        var words = Encoding.ASCII.GetString(ppm, 0, 32).Split([' ', '\n']);
        Size = (int.Parse(words[1], CultureInfo.InvariantCulture), int.Parse(words[2], CultureInfo.InvariantCulture));
        start = ppm.Length - Size.Width * Size.Height * 3;
    }

    public (int Width, int Height) Size { get; }

    public static async Task<Pixels> ReadAsync(string path, CancellationToken cancel)
    {
        using var folder = new TempFolder();
        var exit = await Tool.RunAsync(
            "ffmpeg",
            [
                "-v", "error", "-noautorotate", "-i", path, "-map", "0:v:0", "-frames:v", "1", "-pix_fmt", "rgb24",
                folder["frame.ppm"],
            ],
            cancel);
        Assert.True(exit.Ok, exit.Errors);
        return new Pixels(await File.ReadAllBytesAsync(folder["frame.ppm"], cancel));
    }

    /// <param name="x">From 0 at the left to 1 at the right.</param>
    /// <param name="colour">Six hexadecimal digits.</param>
    /// <param name="tolerance">Of each of red, green and blue.</param>
    public void Check(double x, double y, string colour, int tolerance)
    {
        var at = start + ((int)(y * Size.Height) * Size.Width + (int)(x * Size.Width)) * 3;
        var found = ppm.AsSpan(at, 3).ToArray();
        Assert.True(
            found.Zip(Convert.FromHexString(colour)).All(pair => Math.Abs(pair.First - pair.Second) <= tolerance),
            $"At {x}, {y} is {Convert.ToHexStringLower(found)}, not {colour}.");
    }
}
