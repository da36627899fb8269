using NetVips;

namespace Rushes.Pictures;

/// <summary>
/// The form in which engines get pictures: upright, 8 bits, sRGB without a profile, no alpha, one frame, no metadata.
/// </summary>
internal static class PlainImage
{
    private const double Background = 128;

    /// <summary>Larger pictures become JPEG, because a photo as PNG would be many times larger than the original.</summary>
    private const long MaxPngPixels = 2048 * 2048;

    private const int JpegQuality = 95;

    /// <summary>A warning of libjpeg about complete files of some cameras.</summary>
    private static readonly string[] Harmless = ["Invalid SOS parameters", "extraneous bytes before marker"];

    /// <param name="format"><c>jpeg</c>, <c>png</c> or <c>webp</c>.</param>
    /// <param name="plainFile">The path for the plain form; null to decode only.</param>
    /// <returns>One of <see cref="ImageVerdict"/>.</returns>
    public static string Make(string path, string format, ImageLimits limits, string? plainFile)
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

    private static string Make(string path, string format, ImageLimits limits, string? plainFile, Enums.FailOn failOn)
    {
        var png = format == "png" ? PngFile.Read(path) : null;
        if (png is { HasTooMuchText: true }) return ImageVerdict.TooMuchText;
        if (png is { IsWhole: false } || (format == "webp" && !WebPFile.IsWhole(path))) return ImageVerdict.CutOff;
        using var image = Open(path, format, failOn);
        var orientation = OrientationOf(image, png);
        var (width, height) = orientation >= 5 ? (image.Height, image.Width) : (image.Width, image.Height);
        var pixels = (long)width * height;
        if (pixels > limits.Pixels) return ImageVerdict.TooManyPixels(width, height);
        var needed = pixels * PixelBytes(image, format, orientation);
        if (needed > limits.Bytes) return ImageVerdict.Needs(needed);

        var jpeg = format == "jpeg" ? JpegFile.Read(path) : default;
        var isPlain = png is { IsPlain: true }
            || (jpeg.IsPlain && image is { Bands: 3, Format: Enums.BandFormat.Uchar } && failOn == Enums.FailOn.Warning);
        if (isPlain || plainFile is null)
        {
            // Reads all pixels.
            image.Avg();
            return ImageVerdict.Accepted(width, height, ImageVerdict.Same);
        }
        using var plain = Upright(Flat(InSrgb(image, jpeg)), orientation);
        var form = format == "jpeg" || pixels > MaxPngPixels ? "jpeg" : "png";
        Save(plain, form, plainFile);
        return ImageVerdict.Accepted(width, height, form);
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
    private static int OrientationOf(Image image, PngFile? png)
    {
        if (png?.LateExif is not { } late || image.Contains("orientation")) return OrientationOf(image);
        using var header = Image.PngloadBuffer(late);
        return OrientationOf(header);
    }

    private static int OrientationOf(Image image) =>
        image.Contains("orientation") && image.Get("orientation") is int and >= 1 and <= 8 and var known ? known : 1;

    /// <summary>The maximum bytes of memory per pixel for decoding and rotating.</summary>
    private static int PixelBytes(Image image, string format, int orientation)
    {
        const int turned = 4, deep = 8, whole = 13;
        // A JPEG with several scans and a WebP are in memory completely, more than once.
        var isMultiscan = image.Contains("jpeg-multiscan") && image.Get("jpeg-multiscan") is not 0;
        var decoded = isMultiscan || format == "webp" ? whole : image.Format == Enums.BandFormat.Ushort ? deep : 4;
        return orientation == 1 ? decoded : decoded + turned;
    }

    /// <summary>Without a profile, RGB is interpreted as sRGB, as browsers do.</summary>
    private static Image InSrgb(Image image, JpegFile jpeg)
    {
        var isCmyk = image.Interpretation == Enums.Interpretation.Cmyk;
        // libvips interprets all CMYK as inverted.
        if (isCmyk && !jpeg.HasAdobeMarker) image = image.Invert();
        if (isCmyk || image.Contains("icc-profile-data"))
            try
            {
                return image.IccTransform(
                    "srgb", embedded: true, inputProfile: isCmyk ? "cmyk" : null, intent: Enums.Intent.Relative,
                    blackPointCompensation: true, depth: 8);
            }
            catch (VipsException) when (!isCmyk)
            {
                // A profile that does not fit the picture is ignored.
            }
        return image.Colourspace(Enums.Interpretation.Srgb).Cast(Enums.BandFormat.Uchar);
    }

    private static Image Flat(Image image) => image.HasAlpha() ? image.Flatten(background: [Background]) : image;

    private static Image Upright(Image image, int orientation) => orientation == 1
        ? image
        // Rotating reads pixels in a different order than the decoder returns them.
        : image.CopyMemory().Mutate(header => header.Set(GValue.GIntType, "orientation", orientation)).Autorot();

    private static void Save(Image plain, string form, string path)
    {
        if (form == "jpeg")
            plain.Jpegsave(path, q: JpegQuality, subsampleMode: Enums.ForeignSubsample.Off, keep: Enums.ForeignKeep.None);
        else
            plain.Pngsave(path, compression: 3, keep: Enums.ForeignKeep.None);
    }
}
