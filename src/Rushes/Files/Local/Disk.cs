using System.ComponentModel;
using System.Runtime.InteropServices;

namespace Rushes.Files.Local;

/// <summary>System calls that .NET lacks: a rename is durable only after its folder was flushed.</summary>
internal static class Disk
{
    private const int ReadOnly = 0;
    private const int CloseOnExec = 0x80000;

    public static void FlushFile(string path)
    {
        // Windows flushes only what is open for writing.
        using var handle = File.OpenHandle(path, FileMode.Open, FileAccess.Write, FileShare.ReadWrite | FileShare.Delete);
        RandomAccess.FlushToDisk(handle);
    }

    /// <summary>.NET cannot open folders, so this calls the C library; it does nothing where there is none.</summary>
    public static void FlushFolder(string path)
    {
        if (!OperatingSystem.IsLinux()) return;
        var folder = open(path, ReadOnly | CloseOnExec);
        if (folder < 0) throw new Win32Exception(Marshal.GetLastPInvokeError(), $"Cannot open {path}.");
        try
        {
            if (fsync(folder) != 0) throw new Win32Exception(Marshal.GetLastPInvokeError(), $"Cannot flush {path}.");
        }
        finally
        {
            _ = close(folder);
        }
    }

    /// <summary>Creates the folder and its parents, each flushed before the next.</summary>
    public static void CreateFolder(string path)
    {
        if (Directory.Exists(path)) return;
        var parent = Path.GetDirectoryName(path)!;
        CreateFolder(parent);
        Directory.CreateDirectory(path);
        FlushFolder(parent);
    }

    [DllImport("libc", SetLastError = true)]
    private static extern int open([MarshalAs(UnmanagedType.LPUTF8Str)] string path, int flags);

    [DllImport("libc", SetLastError = true)]
    private static extern int fsync(int descriptor);

    [DllImport("libc")]
    private static extern int close(int descriptor);
}
