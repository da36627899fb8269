using System.Runtime.InteropServices;

namespace Rushes.Server;

/// <summary>Makes files inaccessible to other users of the machine, whatever the program's umask.</summary>
public static class PrivateFiles
{
    private const UnixFileMode Owner = UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute;

    private const uint GroupAndOthers = 0b000_111_111;

    /// <summary>From now on, files created by this program and its child processes are accessible only to their user.</summary>
    public static void CreateFromNowOn()
    {
        if (!OperatingSystem.IsWindows()) _ = umask(GroupAndOthers);
    }

    /// <summary>Removes the permissions of other users from a folder and its content. Symbolic links are not followed.</summary>
    public static NarrowedFiles Narrow(string folder)
    {
        var narrowed = new NarrowedFiles(0, null);
        if (OperatingSystem.IsWindows()) return narrowed;
        // The folder first, which protects its content from then on.
        Narrow(new DirectoryInfo(folder), ref narrowed);
        var all = new EnumerationOptions { RecurseSubdirectories = true, AttributesToSkip = FileAttributes.ReparsePoint };
        foreach (var entry in new DirectoryInfo(folder).EnumerateFileSystemInfos("*", all)) Narrow(entry, ref narrowed);
        return narrowed;
    }

    private static void Narrow(FileSystemInfo entry, ref NarrowedFiles narrowed)
    {
        if (OperatingSystem.IsWindows()) return;
        try
        {
            if ((entry.UnixFileMode & ~Owner) == 0) return;
            entry.UnixFileMode &= Owner;
            narrowed = narrowed with { Count = narrowed.Count + 1 };
        }
        catch (FileNotFoundException)
        {
            // SQLite can delete its log at any time.
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            narrowed = narrowed with { Failure = narrowed.Failure ?? $"{entry.FullName}: {error.Message}" };
        }
    }

    [DllImport("libc")]
    private static extern uint umask(uint mask);
}

/// <param name="Count">The number of files and folders that other users could read.</param>
/// <param name="Failure">Why the permissions of the first one could not be changed, for example another owner; null if all
/// could.</param>
public readonly record struct NarrowedFiles(int Count, string? Failure)
{
    public static NarrowedFiles operator +(NarrowedFiles one, NarrowedFiles other) =>
        new(one.Count + other.Count, one.Failure ?? other.Failure);
}
