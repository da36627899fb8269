using Rushes.Catalog;

namespace Rushes.Media;

/// <summary>Sizes of videos made from pictures. Sides are always even: yuv420p halves them.</summary>
public static class FrameGeometry
{
    /// <summary>The picture's aspect at this height: 9:16 at 480 gives 270x480.</summary>
    public static Size AtHeight(Size picture, int height) =>
        new(Even((double)height * picture.Width / picture.Height), Even(height));

    /// <summary>
    /// The picture's aspect with this shorter side, the longer rounded down to a multiple of 32: 9:16 at 480 gives 480x832.
    /// </summary>
    public static Size AtShorterSide(Size picture, int side)
    {
        var longer = Math.Max(
            side, (int)Math.Floor((double)side * Math.Max(picture.Width, picture.Height) / picture.Shorter / 32) * 32);
        return picture.Width <= picture.Height ? new Size(Even(side), Even(longer)) : new Size(Even(longer), Even(side));
    }

    /// <summary>
    /// This aspect with this shorter side, the longer rounded down to a multiple of 32; null is 16:9. 16:9 at 480 gives
    /// 832x480.
    /// </summary>
    public static Size OfAspect(Size? aspect, int shorter) => AtShorterSide(aspect ?? new Size(16, 9), shorter);

    /// <summary>The aspect among 16:9, 9:16 and 1:1 that crops least of a picture.</summary>
    public static Size NearestAspect(Size picture)
    {
        Size[] known = [new(16, 9), new(9, 16), new(1, 1)];
        return known.MinBy(aspect => Math.Abs(Math.Log((double)picture.Width / picture.Height * aspect.Height / aspect.Width)));
    }

    /// <summary>The same video scaled so that its shorter side is this: 832x480 at 720 gives 1248x720.</summary>
    public static Size Scaled(Size video, int shorter)
    {
        var factor = (double)shorter / video.Shorter;
        return new Size(Even(video.Width * factor), Even(video.Height * factor));
    }

    private static int Even(double pixels) => Math.Max(2, (int)Math.Round(pixels / 2, MidpointRounding.AwayFromZero) * 2);
}
