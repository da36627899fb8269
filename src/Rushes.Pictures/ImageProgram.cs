using System.Globalization;
using NetVips;

namespace Rushes.Pictures;

/// <summary>
/// Converts a picture of a request to its plain form. It runs in a separate process, so that a picture that makes a decoder crash
/// or use too much memory or time ends only this process. The process runs this assembly; in a single-file program it runs the
/// program itself with the argument <see cref="Argument"/>.
/// </summary>
public static class ImageProgram
{
    /// <summary>The first argument that makes a single-file program run this instead of a command.</summary>
    public const string Argument = "read-picture";

    // Exit codes other than 0 are those of sysexits.h and not caused by the picture.
    private const int Usage = 64, Unavailable = 69, InputOutput = 74;

    /// <summary>
    /// Makes the program read pictures until its input ends: arguments of one picture in a line each, then an empty line.
    /// </summary>
    private const string Serve = "serve";

    /// <summary>
    /// <c>FILE jpeg|png|webp MAX_PIXELS MAX_BYTES [PLAIN_FILE]</c> prints a <see cref="ImageVerdict"/>; <c>serve</c> prints
    /// one for each picture that its input names; <c>version</c> prints the version of libvips.
    /// </summary>
    /// <returns>The exit code.</returns>
    public static int Run(IReadOnlyList<string> arguments)
    {
        if (arguments.Count is not (1 or 4 or 5)) return Usage;
        if (!Libvips.Start(out var reason))
        {
            Console.Error.WriteLine(reason);
            return Unavailable;
        }
        if (arguments is [Serve]) return ReadAll(Console.In);
        if (arguments.Count == 1)
        {
            Console.WriteLine(Libvips.Version);
            return 0;
        }
        return Read(arguments);
    }

    private static int ReadAll(TextReader input)
    {
        var arguments = new List<string>();
        while (input.ReadLine() is { } line)
        {
            if (line.Length > 0)
            {
                arguments.Add(line);
                continue;
            }
            if (arguments.Count is not (4 or 5)) return Usage;
            if (Read(arguments) is not 0 and var code) return code;
            arguments.Clear();
        }
        return 0;
    }

    private static int Read(IReadOnlyList<string> arguments)
    {
        try
        {
            var limits = new ImageLimits(
                long.Parse(arguments[2], CultureInfo.InvariantCulture), long.Parse(arguments[3], CultureInfo.InvariantCulture));
            Console.WriteLine(PlainImage.Make(arguments[0], arguments[1], limits, arguments.ElementAtOrDefault(4)));
        }
        catch (VipsException error)
        {
            Console.Error.WriteLine(error.Message);
            if (error.Message.Contains("system error", StringComparison.Ordinal)) return InputOutput;
            var isCutOff = error.Message.Contains("premature end", StringComparison.Ordinal);
            Console.WriteLine(isCutOff ? ImageVerdict.CutOff : ImageVerdict.Damaged);
        }
        return 0;
    }
}
