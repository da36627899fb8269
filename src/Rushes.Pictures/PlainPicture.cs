using NetVips;

namespace Rushes.Pictures;

/// <summary>
/// The form in which engines get pictures: upright, 8 bits, sRGB without a profile, no alpha, one frame, no metadata.
/// </summary>
internal static class PlainPicture
{
    private const double Background = 128;

    /// <summary>Larger pictures become JPEG, because a photo as PNG would be many times larger than the original.</summary>
    private const long LargestPng = 2048 * 2048;

    private const int JpegQuality = 95;

    /// <summary>A warning of libjpeg about complete files of some cameras.</summary>
    private static readonly string[] Harmless = ["Invalid SOS parameters", "extraneous bytes before marker"];

    /// <param name="format"><c>jpeg</c>, <c>png</c> or <c>webp</c>.</param>
    /// <param name="plainFile">The path for the plain form; null to decode only.</param>
    /// <returns>One of <see cref="PictureVerdict"/>.</returns>
    public static string Make(string path, string format, PictureLimits limits, string? plainFile)
    {
        try
        {
            return Make(path, format, limits, plainFile, Enums.FailOn.Warning);
        }
        catch (VipsException warning)
            when (Array.Exists(Harmless, text => warning.Message.Contains(text, StringComparison.Ordinal)))
        {
            return Make(path, format, limits, plainFile, Enums.FailOn.Error);
        }
    }

    private static string Make(string path, string format, PictureLimits limits, string? plainFile, Enums.FailOn failOn)
    {
        var png = format == "png" ? PngFile.Read(path) : null;
        if (png is { HasTooMuchText: true }) return PictureVerdict.TooMuchText;
        if (png is { IsWhole: false } || (format == "webp" && !WebPFile.IsWhole(path))) return PictureVerdict.CutOff;
        using var picture = Open(path, format, failOn);
        var orientation = OrientationOf(picture, png);
        var (width, height) = orientation >= 5 ? (picture.Height, picture.Width) : (picture.Width, picture.Height);
        var pixels = (long)width * height;
        if (pixels > limits.Pixels) return PictureVerdict.TooManyPixels(width, height);
        var needed = pixels * PixelBytes(picture, format, orientation);
        if (needed > limits.Bytes) return PictureVerdict.Needs(needed);

        var jpeg = format == "jpeg" ? JpegFile.Read(path) : default;
        var isPlain = png is { IsPlain: true }
            || (jpeg.IsPlain && picture is { Bands: 3, Format: Enums.BandFormat.Uchar } && failOn == Enums.FailOn.Warning);
        if (isPlain || plainFile is null)
        {
            // Reads all pixels.
            picture.Avg();
            return PictureVerdict.Accepted(width, height, PictureVerdict.Same);
        }
        using var plain = Upright(Flat(InSrgb(picture, jpeg)), orientation);
        var form = format == "jpeg" || pixels > LargestPng ? "jpeg" : "png";
        Save(plain, form, plainFile);
        return PictureVerdict.Accepted(width, height, form);
    }

    private static Image Open(string path, string format, Enums.FailOn failOn)
    {
        const Enums.Access access = Enums.Access.Sequential;
        return format switch
        {
            "jpeg" => Image.Jpegload(path, access: access, failOn: failOn),
            "png" => Image.Pngload(path, access: access, failOn: failOn),
            _ => Image.Webpload(path, page: 0, n: 1, access: access, failOn: failOn),
        };
    }

    /// <summary>The EXIF orientation, 1 to 8; from 5 on, width and height are swapped.</summary>
    private static int OrientationOf(Image picture, PngFile? png)
    {
        if (png?.LateExif is not { } late || picture.Contains("orientation")) return OrientationOf(picture);
        using var header = Image.PngloadBuffer(late);
        return OrientationOf(header);
    }

    private static int OrientationOf(Image picture) =>
        picture.Contains("orientation") && picture.Get("orientation") is int and >= 1 and <= 8 and var known ? known : 1;

    /// <summary>The maximum bytes of memory per pixel for decoding and rotating.</summary>
    private static int PixelBytes(Image picture, string format, int orientation)
    {
        const int turned = 4, deep = 8, whole = 13;
        // A JPEG with several scans and a WebP are in memory completely, more than once.
        var isMultiscan = picture.Contains("jpeg-multiscan") && picture.Get("jpeg-multiscan") is not 0;
        var decoded = isMultiscan || format == "webp" ? whole : picture.Format == Enums.BandFormat.Ushort ? deep : 4;
        return orientation == 1 ? decoded : decoded + turned;
    }

    /// <summary>Without a profile, RGB is interpreted as sRGB, as browsers do.</summary>
    private static Image InSrgb(Image picture, JpegFile jpeg)
    {
        var isCmyk = picture.Interpretation == Enums.Interpretation.Cmyk;
        // libvips interprets all CMYK as inverted.
        if (isCmyk && !jpeg.HasAdobeMarker) picture = picture.Invert();
        if (isCmyk || picture.Contains("icc-profile-data"))
            try
            {
                return picture.IccTransform(
                    "srgb", embedded: true, inputProfile: isCmyk ? "cmyk" : null, intent: Enums.Intent.Relative,
                    blackPointCompensation: true, depth: 8);
            }
            catch (VipsException) when (!isCmyk)
            {
                // A profile that does not fit the picture is ignored.
            }
        return picture.Colourspace(Enums.Interpretation.Srgb).Cast(Enums.BandFormat.Uchar);
    }

    private static Image Flat(Image picture) => picture.HasAlpha() ? picture.Flatten(background: [Background]) : picture;

    private static Image Upright(Image picture, int orientation) => orientation == 1
        ? picture
        // Rotating reads pixels in a different order than the decoder returns them.
        : picture.CopyMemory().Mutate(header => header.Set(GValue.GIntType, "orientation", orientation)).Autorot();

    private static void Save(Image plain, string form, string path)
    {
        if (form == "jpeg")
            plain.Jpegsave(path, q: JpegQuality, subsampleMode: Enums.ForeignSubsample.Off, keep: Enums.ForeignKeep.None);
        else
            plain.Pngsave(path, compression: 3, keep: Enums.ForeignKeep.None);
    }
}
