using System.Collections.Concurrent;
using Rushes.Programs;

namespace Rushes.Tests;

/// <summary>
/// Files that ffmpeg makes. What it draws without any other file is made once and copied, because starting ffmpeg takes longer
/// than drawing most of them.
/// </summary>
internal static class DrawnFiles
{
    /// <summary>Larger files are not kept.</summary>
    private const long MaxBytes = 1 << 20;

    private static readonly ConcurrentDictionary<string, Lazy<Task<Drawn>>> Kept = new();

    /// <param name="arguments">All but the name of the file.</param>
    /// <param name="path">In the folder, or whole.</param>
    public static async Task<Exit> MakeAsync(
        IReadOnlyList<string> arguments, string path, CancellationToken cancel, string folder = "")
    {
        var file = Path.Combine(folder, path);
        if (!IsDrawn(arguments)) return await RunAsync(arguments, file, folder, cancel);
        var key = string.Join('\n', [.. arguments, Path.GetExtension(path)]);
        var drawn = await Kept.GetOrAdd(key, _ => new(() => DrawAsync(arguments, Path.GetExtension(path)))).Value;
        if (drawn.Bytes is not { } bytes) return await RunAsync(arguments, file, folder, cancel);
        await File.WriteAllBytesAsync(file, bytes, cancel);
        return drawn.Exit;
    }

    private static async Task<Drawn> DrawAsync(IReadOnlyList<string> arguments, string extension)
    {
        using var folder = new TempFolder();
        var path = folder["drawn" + extension];
        // For all tests, whichever of them asks first.
        var exit = await RunAsync(arguments, path, folder.Path, CancellationToken.None);
        return new Drawn(
            exit, exit.Ok && new FileInfo(path).Length <= MaxBytes ? await File.ReadAllBytesAsync(path) : null);
    }

    private static Task<Exit> RunAsync(IReadOnlyList<string> arguments, string path, string folder, CancellationToken cancel) =>
        Tool.RunAsync(
            "ffmpeg", ["-v", "error", "-nostdin", "-y", .. arguments, path], cancel, folder.Length == 0 ? null : folder);

    /// <summary>Whether all inputs are drawings, and no argument is a path.</summary>
    private static bool IsDrawn(IReadOnlyList<string> arguments)
    {
        var inputs = Enumerable.Range(0, arguments.Count).Where(i => arguments[i] == "-i").ToList();
        return inputs.Count > 0 && inputs.All(i => i >= 2 && arguments[i - 2] == "-f" && arguments[i - 1] == "lavfi")
            && !arguments.Any(argument => argument.StartsWith(Path.GetTempPath(), StringComparison.Ordinal)
                || argument.Contains("movie=", StringComparison.Ordinal));
    }

    /// <summary>Null bytes: it failed or is too large to keep.</summary>
    private sealed record Drawn(Exit Exit, byte[]? Bytes);
}
