using Xunit;

namespace Rushes.Tests.Media;

/// <summary>Makes real files.</summary>
internal static class FFmpeg
{
    public const string Picture = "-f lavfi -i testsrc2=s=320x240 -frames:v 1";
    public const string Tone = "-f lavfi -i sine=d=2";
    public const string Film = "-f lavfi -i testsrc2=s=320x240:d=2:r=16";

    public static async Task<string> MakeAsync(string path, string arguments)
    {
        var exit = await DrawnFiles.MakeAsync(arguments.Split(' '), path, TestContext.Current.CancellationToken);
        Assert.True(exit.Ok, exit.Errors);
        return path;
    }
}
