using System.Runtime.InteropServices;

namespace Rushes.Server;

/// <summary>Keeps files from other users of the machine, whatever the umask that the program was started with.</summary>
public static class PrivateFiles
{
    private const UnixFileMode Owner = UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute;

    private const uint GroupAndOthers = 0b000_111_111;

    /// <summary>From here on what this program and the programs it starts create is their user's alone.</summary>
    public static void CreateFromNowOn()
    {
        if (!OperatingSystem.IsWindows()) _ = umask(GroupAndOthers);
    }

    /// <summary>Takes a folder and all that is in it from everyone but their owner. Symbolic links are left as they are.</summary>
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
            // SQLite may remove its log at any time.
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            narrowed = narrowed with { Failure = narrowed.Failure ?? $"{entry.FullName}: {error.Message}" };
        }
    }

    [DllImport("libc")]
    private static extern uint umask(uint mask);
}

/// <param name="Count">Files and folders that others could read.</param>
/// <param name="Failure">Why the first of them could not be taken from others, such as belonging to another user; null: all could.</param>
public readonly record struct NarrowedFiles(int Count, string? Failure)
{
    public static NarrowedFiles operator +(NarrowedFiles one, NarrowedFiles other) => new(one.Count + other.Count, one.Failure ?? other.Failure);
}
