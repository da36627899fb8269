using Rushes.Engines;
using Rushes.Media;

namespace Rushes.Draft;

/// <summary>
/// Moves the lower face of a portrait down with the loudness, so that the mouth opens. There is no face detection: the mouth is
/// expected in the middle of the picture, a little below its center, where portraits have it.
/// </summary>
internal static class Mouth
{
    /// <summary>How far the chin moves, as a share of the picture's height.</summary>
    private const double Reach = 0.035;

    /// <summary>
    /// Where the picture moves, from 0 to 1: from the upper lip, most between lower lip and chin, less toward neck and sides.
    /// The size is that of the whole picture, before it is cropped to the frame.
    /// </summary>
    private const string Shape =
        "(st(0,clip((Y/H-0.56)/0.085,0,1))*ld(0)*(3-2*ld(0)))*"
        + "pow(clip((0.84-Y/H)/0.18,0,1),1.5)*exp(-pow((X/W-0.5)/0.17,4))";

    /// <summary>The frames of <see cref="ImageShot.Still(int, EngineJob, double)"/>, with a moving mouth.</summary>
    /// <param name="level">An expression of <c>n</c>, from 0 (as in the picture) to 1 (open).</param>
    public static string Still(int input, EngineJob job, double spare, string level)
    {
        var (width, height) = ImageShot.SizeOf(job, spare);
        // A map is 128 where nothing moves. It has the form of the picture, so it is cropped like the picture.
        var pixels = FormattableString.Invariant($"min(100,{Reach}*max({height},{width}*H/W))");
        var map = $"geq=lum='128-{pixels}*{Shape}'";
        var held = ImageShot.Held(job);
        // With a gamma of exactly 1, eq rounds 128 to 127, which would move the whole picture.
        var scaled = $"eq=eval=frame:gamma=1.0001:contrast='{level}'";
        return $"[{input}:v:0]trim=end_frame=1,split[picture][form];"
            + $"[form]scale=256:256:force_original_aspect_ratio=increase,format=gray,{map},"
            + $"{FinalEncode.Cover(width, height)},format=gray,split[shape][flat];"
            + $"[flat]lut=c0=128,{AllPlanes("x")},{held}[across];"
            + $"[shape]{held},{scaled},{AllPlanes("y")}[down];"
            + $"{ImageShot.Still("picture", job, spare)},format=yuv444p[still];"
            + "[still][across][down]displace=edge=smear,format=yuv420p";
    }

    /// <summary>A gray picture in each plane of a color picture. Merging, unlike a conversion, does not change values.</summary>
    private static string AllPlanes(string name) =>
        $"split=3[{name}1][{name}2][{name}3];[{name}1][{name}2][{name}3]mergeplanes=map1s=1:map2s=2:format=yuv444p";
}
