using System.Runtime.InteropServices;
using Rushes.Programs;

namespace Rushes.Media;

/// <summary>
/// How <c>Rushes.Pictures</c> is started. It is a file beside this program, run by the same .NET runtime; a single-file program
/// contains it and starts itself.
/// </summary>
internal static class ImageHost
{
    public const string Program = "Rushes.Pictures.dll";

    /// <summary>
    /// The value of <c>ImageProgram.Argument</c>, which this library does not reference; a test compares them.
    /// </summary>
    internal const string OwnArgument = "read-picture";

    /// <summary>
    /// Less memory and a faster start. Large blocks of memory are returned when they are freed, so that what one picture leaves
    /// is not missing for the next.
    /// </summary>
    private static readonly Dictionary<string, string> Environment = new()
    {
        ["DOTNET_EnableDiagnostics"] = "0", ["DOTNET_GCHeapHardLimit"] = "0x4000000", ["MALLOC_ARENA_MAX"] = "2",
        ["MALLOC_MMAP_THRESHOLD_"] = "1048576",
        ["DOTNET_gcConcurrent"] = "0", ["DOTNET_TieredPGO"] = "0",
    };

    public static Command CommandFor(IReadOnlyList<string> arguments, TimeSpan limit, long memory)
    {
        var (program, first) = Start();
        return new Command(program, [first, .. arguments])
        {
            Limit = limit, MaxMemory = memory, Environment = new ChildEnvironment { Variables = Environment },
        };
    }

    private static (string Program, string First) Start()
    {
        var file = new Folder(AppContext.BaseDirectory).File(Program);
        return File.Exists(file) || System.Environment.ProcessPath is not { } self ? (Runtime(), file) : (self, OwnArgument);
    }

    /// <summary>The <c>dotnet</c> that runs this process.</summary>
    private static string Runtime()
    {
        var shared = new DirectoryInfo(RuntimeEnvironment.GetRuntimeDirectory()).Parent?.Parent?.Parent;
        var host = shared is null ? "" : new Folder(shared.FullName).File("dotnet", allowLink: true);
        return File.Exists(host) ? host : "dotnet";
    }
}
