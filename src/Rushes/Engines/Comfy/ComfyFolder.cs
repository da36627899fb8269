using System.Globalization;
using System.Text.RegularExpressions;

namespace Rushes.Engines.Comfy;

/// <summary>
/// Deletes old files that this program left in a ComfyUI server's folder of inputs or outputs; the server has no call for it.
/// Only files with names that this program gives, in its own subfolder, and no links.
/// </summary>
public static partial class ComfyFolder
{
    /// <summary>This program's subfolder in both folders.</summary>
    public const string Name = "rushes";

    /// <summary>
    /// Files that are younger may belong to a job that runs: an input is used by jobs that start up to an hour after it was
    /// uploaded.
    /// </summary>
    public static readonly TimeSpan MinAge = TimeSpan.FromHours(2);

    /// <summary>
    /// The name of an input on the server: its content, so that a retry stores no second copy, and the hour, so that no job
    /// uses a file that is old enough to be deleted.
    /// </summary>
    /// <param name="hash">Of its content, in hexadecimal.</param>
    /// <param name="extension">With its dot.</param>
    public static string InputName(string hash, DateTimeOffset now, string extension) =>
        string.Create(CultureInfo.InvariantCulture, $"{hash[..32]}-{now.UtcDateTime:yyyyMMddHH}{extension}");

    /// <summary>The name of a result on the server, without number and extension. It was never used before.</summary>
    public static string OutputName(long job, string prompt) =>
        string.Create(CultureInfo.InvariantCulture, $"{Name}/{job}-{prompt}");

    /// <summary>Deletes the files that were last changed before a time.</summary>
    /// <param name="folder">The server's folder; it must exist.</param>
    /// <exception cref="IOException">The subfolder is a link, or a file cannot be deleted.</exception>
    public static Cleaned Clean(string folder, DateTimeOffset before)
    {
        var own = new DirectoryInfo(new Folder(folder).File(Name));
        var cleaned = new Cleaned(0, 0, 0);
        if (!own.Exists) return cleaned;
        foreach (var file in own.EnumerateFiles())
        {
            if (file.LinkTarget is not null || !OwnName().IsMatch(file.Name)) continue;
            if (file.LastWriteTimeUtc >= before.UtcDateTime)
            {
                cleaned = cleaned with { Kept = cleaned.Kept + 1 };
                continue;
            }
            var bytes = file.Length;
            file.Delete();
            cleaned = cleaned with { Deleted = cleaned.Deleted + 1, Bytes = cleaned.Bytes + bytes };
        }
        return cleaned;
    }

    /// <summary>An input, to which the server may have added a number, or a result.</summary>
    [GeneratedRegex(
        @"^([0-9a-f]{32}(-\d{10})?( \(\d+\))?|\d+-[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}_[\w-]*)\.[A-Za-z0-9]{1,5}$")]
    private static partial Regex OwnName();
}

/// <param name="Bytes">Of the deleted files.</param>
/// <param name="Kept">Files that are too young.</param>
public sealed record Cleaned(int Deleted, long Bytes, int Kept);
