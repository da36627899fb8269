using Rushes.Catalog;
using Rushes.Media;
using Xunit;

namespace Rushes.Tests.Media;

/// <summary>The plain form of pictures as people send them, with the right size and the right colour at points.</summary>
public sealed class PlainImageTests : IDisposable
{
    private const string Red = "e61414", Green = "14c814", Blue = "1414e6", White = "f5f5f5";

    private const string Background = "808080", Yellow = "f0be28";

    private const double Quarter = 0.25, Last = 0.75;

    private readonly TempFolder folder = new();

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    /// <summary>The colours of the four quarters, clockwise from the top left, when turned as EXIF says.</summary>
    private static readonly Dictionary<int, string[]> Turned = new()
    {
        [1] = [Red, Green, Blue, White], [2] = [Green, Red, White, Blue], [3] = [Blue, White, Red, Green],
        [4] = [White, Blue, Green, Red], [5] = [Red, White, Blue, Green], [6] = [White, Red, Green, Blue],
        [7] = [Blue, Green, Red, White], [8] = [Green, Blue, White, Red],
    };

    public void Dispose() => folder.Dispose();

    [Theory]
    [InlineData(1), InlineData(2), InlineData(3), InlineData(4), InlineData(5), InlineData(6), InlineData(7), InlineData(8)]
    public async Task A_turned_picture_becomes_upright(int orientation)
    {
        (string Name, byte[] File)[] pictures =
        [
            ("a JPEG, big-endian", ImageFiles.TurnedJpeg(orientation, big: true, type: 3)),
            ("a JPEG, little-endian, 32 bits", ImageFiles.TurnedJpeg(orientation, big: false, type: 4)),
            ("a WebP", ImageFiles.TurnedWebP(orientation, big: true)),
            ("a PNG", ImageFiles.TurnedPng(orientation, big: false, type: 3, isLate: false)),
            ("a PNG, a byte, after the pixels", ImageFiles.TurnedPng(orientation, big: true, type: 1, isLate: true)),
        ];
        foreach (var (name, file) in pictures)
        {
            var plain = await PlainAsync(file);
            Assert.True(plain.Size == (orientation >= 5 ? (64, 96) : (96, 64)), $"{name}: {plain.Size}");
            CheckQuarters(plain, Turned[orientation]);
        }
    }

    public static TheoryData<string, byte[], string, string> OfOneOrTwoColours() => new()
    {
        { "16 bits", ImageFiles.Deep(), "8040c0", "8040c0" },
        { "16 bits with alpha", ImageFiles.DeepWithAlpha(), "c04040", Background },
        { "16 bits of grey", ImageFiles.DeepGrey(), "606060", "606060" },
        { "grey with alpha", ImageFiles.GreyWithAlpha(), "202020", Background },
        { "a palette with transparency", ImageFiles.PaletteWithTransparency(), "ff0000", Background },
        { "a colour that stands for transparency", ImageFiles.ColourKey(), "ff0000", Background },
        { "Adobe RGB", ImageFiles.AdobeRgb(), "e3642a", "e3642a" },
        { "Display P3", ImageFiles.DisplayP3(), "d85d18", "d85d18" },
        { "Display P3 in a JPEG", ImageFiles.DisplayP3Jpeg(), "d85d18", "d85d18" },
        { "grey with a profile", ImageFiles.LinearGrey(), "a5a5a5", "a5a5a5" },
        { "a profile of another kind of picture", ImageFiles.WrongProfile(), "c86432", "c86432" },
        { "a grey JPEG", ImageFiles.GreyJpeg(), "606060", "606060" },
    };

    [Theory]
    [MemberData(nameof(OfOneOrTwoColours), DisableDiscoveryEnumeration = true)]
    public async Task Depth_profile_and_alpha_become_plain_colours(string name, byte[] file, string left, string right)
    {
        Assert.NotEmpty(name);
        var plain = await PlainAsync(file);
        plain.Check(Quarter, 0.5, left, 3);
        plain.Check(Last, 0.5, right, 3);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Cmyk_is_right_with_and_without_the_marker_of_Adobe(bool withMarker)
    {
        // As print looks: the inks are not the brightest colours of a screen.
        CheckQuarters(await PlainAsync(ImageFiles.Cmyk(withMarker)), ["009ae4", "fff000", "0c0112", "e70012"], 6);
    }

    [Fact]
    public async Task Of_an_animation_there_is_the_first_frame()
    {
        foreach (var file in new[] { ImageFiles.AnimatedPng(), ImageFiles.AnimatedWebP() })
        {
            var plain = await PlainAsync(file);
            Assert.Equal((ImageFiles.Width, ImageFiles.Height), plain.Size);
            CheckQuarters(plain, Turned[1]);
        }
    }

    [Fact]
    public async Task What_is_hidden_under_transparency_does_not_come_back()
    {
        var black = await PlainAsync(Case("hidden-black.png"));
        var magenta = await PlainAsync(Case("hidden-magenta.png"));
        foreach (var plain in new[] { black, magenta })
        {
            Assert.Equal((128, 128), plain.Size);
            plain.Check(0.05, 0.05, Background, 0);
            plain.Check(0.5, 0.5, Yellow, 1);
        }
        var cutout = await PlainAsync(Case("cutout.png"));
        Assert.Equal((256, 256), cutout.Size);
        foreach (var (x, y) in new[] { (0.02, 0.02), (0.98, 0.02), (0.02, 0.98), (0.98, 0.98) })
            cutout.Check(x, y, Background, 1);
        cutout.Check(0.5, 0.5, Yellow, 1);
    }

    [Fact]
    public async Task A_WebP_on_its_side_becomes_upright()
    {
        var plain = await PlainAsync(Case("orientation6.webp"));
        Assert.Equal((64, 96), plain.Size);
        CheckQuarters(plain, [Blue, Red, Green, White]);
    }

    [Fact]
    public async Task A_picture_that_is_plain_is_kept_as_it_is()
    {
        foreach (var file in new[] { ImageFiles.Quarters(), ImageFiles.Jpeg(ImageFiles.Quarters()) })
            Assert.False((await ReadAsync(file)).IsRewritten);
    }

    [Fact]
    public async Task A_progressive_JPEG_is_written_anew() =>
        CheckQuarters(await PlainAsync(ImageFiles.ProgressiveJpeg()), Turned[1]);

    /// <summary>What libjpeg warns about and cameras write all the same.</summary>
    [Fact]
    public async Task A_JPEG_with_a_harmless_fault_is_taken()
    {
        var jpeg = ImageFiles.Jpeg(ImageFiles.Quarters());
        var scan = jpeg.AsSpan().IndexOf<byte>([0xFF, 0xDA]);
        jpeg[scan + 1 + jpeg[scan + 3]] = 0x10;
        CheckQuarters(await PlainAsync(jpeg), Turned[1]);
    }

    private static byte[] Case(string name) => File.ReadAllBytes(Path.Combine(AppContext.BaseDirectory, "Media", "Cases", name));

    private static void CheckQuarters(Pixels plain, string[] colours, int tolerance = 4)
    {
        plain.Check(Quarter, Quarter, colours[0], tolerance);
        plain.Check(Last, Quarter, colours[1], tolerance);
        plain.Check(Last, Last, colours[2], tolerance);
        plain.Check(Quarter, Last, colours[3], tolerance);
    }

    /// <summary>Inspected, and checked for what holds of every plain form.</summary>
    private async Task<Pixels> PlainAsync(byte[] file)
    {
        var (path, accepted) = await ReadAsync(file);
        var plain = await Pixels.ReadAsync(path, Cancel);
        Assert.Equal((accepted.Facts.Width, accepted.Facts.Height), plain.Size);
        // What is plain once stays what it is.
        Assert.False((await ReadAsync(await File.ReadAllBytesAsync(path, Cancel))).IsRewritten);
        return plain;
    }

    private async Task<Read> ReadAsync(byte[] file)
    {
        var (path, plain) = (folder[$"{Guid.NewGuid():n}"], folder[$"{Guid.NewGuid():n}"]);
        await File.WriteAllBytesAsync(path, file, Cancel);
        var inspector = new Inspector(new InspectionSlots(), new MediaLimits());
        var outcome = await inspector.InspectAsync(1, path, plain, [MediaKind.Picture], inspector.NewTime(), Cancel);
        var accepted = Assert.IsType<Inspection.Accepted>(outcome);
        Assert.Equal(accepted.IsRewritten, File.Exists(plain));
        return new Read(accepted.IsRewritten ? plain : path, accepted);
    }

    private sealed record Read(string Path, Inspection.Accepted Accepted)
    {
        public bool IsRewritten => Accepted.IsRewritten;
    }
}
