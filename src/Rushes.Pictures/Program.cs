using System.Globalization;
using NetVips;
using Rushes.Pictures;

// Converts a picture of a request to its plain form. It is a separate process, so that a picture that makes a decoder crash or
// use too much memory or time ends only this process.
//   Rushes.Pictures FILE jpeg|png|webp MAX_PIXELS MAX_BYTES [PLAIN_FILE]
//   Rushes.Pictures version
// Prints one line: a PictureVerdict, or the version of libvips. Exit codes other than 0 are those of sysexits.h and not caused
// by the picture.
const int usage = 64, unavailable = 69, inputOutput = 74;
if (args.Length is not (1 or 4 or 5)) return usage;
if (!Libvips.Start(out var reason))
{
    Console.Error.WriteLine(reason);
    return unavailable;
}
if (args.Length == 1)
{
    Console.WriteLine(Libvips.Version);
    return 0;
}
try
{
    var limits = new PictureLimits(
        long.Parse(args[2], CultureInfo.InvariantCulture), long.Parse(args[3], CultureInfo.InvariantCulture));
    Console.WriteLine(PlainPicture.Make(args[0], args[1], limits, args.ElementAtOrDefault(4)));
}
catch (VipsException error)
{
    Console.Error.WriteLine(error.Message);
    if (error.Message.Contains("system error", StringComparison.Ordinal)) return inputOutput;
    var isCutOff = error.Message.Contains("premature end", StringComparison.Ordinal);
    Console.WriteLine(isCutOff ? PictureVerdict.CutOff : PictureVerdict.Damaged);
}
return 0;
