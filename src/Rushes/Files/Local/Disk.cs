using System.ComponentModel;
using System.Runtime.InteropServices;

namespace Rushes.Files.Local;

/// <summary>The calls that .NET has none for: a rename is only on disk once its folder is flushed.</summary>
internal static class Disk
{
    private const int ReadOnly = 0;
    private const int CloseOnExec = 0x80000;

    public static void FlushFile(string path)
    {
        using var handle = File.OpenHandle(path);
        RandomAccess.FlushToDisk(handle);
    }

    /// <summary>.NET opens no folders, so this goes to the C library; where there is none it does nothing.</summary>
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

    /// <summary>Makes the folder and those above it, each on disk before the next.</summary>
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
