using System.Diagnostics;

namespace Rushes.Tests.Faults;

/// <summary>A small disk in memory that a test can fill. Requires root.</summary>
internal sealed class SmallDisk : IAsyncDisposable
{
    private readonly TempFolder folder = new();

    private SmallDisk() { }

    public string Path => folder.Path;

    /// <summary>Null if it cannot be created.</summary>
    /// <param name="megabytes">Unless said, a little more than a worker wants free.</param>
    public static async Task<SmallDisk?> MakeAsync(CancellationToken cancel, int megabytes = 384)
    {
        var disk = new SmallDisk();
        if (await RunAsync("mount", ["-t", "tmpfs", "-o", $"size={megabytes}m", "tmpfs", disk.Path], cancel)) return disk;
        disk.folder.Dispose();
        return null;
    }

    public void Fill()
    {
        var block = new byte[64 << 10];
        using var ballast = new FileStream(folder["ballast"], FileMode.Create, FileAccess.Write, FileShare.None, bufferSize: 0);
        try
        {
            while (true) ballast.Write(block);
        }
        catch (IOException)
        {
            // That was the last block.
        }
    }

    public void Free() => File.Delete(folder["ballast"]);

    public async ValueTask DisposeAsync()
    {
        await RunAsync("umount", ["-l", Path], CancellationToken.None);
        folder.Dispose();
    }

    private static async Task<bool> RunAsync(string program, string[] arguments, CancellationToken cancel)
    {
        using var process = Process.Start(new ProcessStartInfo(program, arguments) { RedirectStandardError = true })!;
        await process.WaitForExitAsync(cancel);
        return process.ExitCode == 0;
    }
}
