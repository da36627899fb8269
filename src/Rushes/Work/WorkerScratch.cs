using Rushes.Engines.Process;

namespace Rushes.Work;

/// <summary>
/// The folder of a worker program for inputs, videos and its engines' files. It is removed at the end; what a worker left that
/// crashed, programs included, is removed when the next one of the same user starts.
/// </summary>
public sealed class WorkerScratch : IDisposable
{
    private const string LockExtension = ".lock";

    private readonly FileStream held;

    private WorkerScratch(string path, FileStream held) => (FullPath, this.held) = (path, held);

    public string FullPath { get; }

    /// <param name="root">The same for all workers of a user, and of no other.</param>
    /// <exception cref="UnauthorizedAccessException">The root belongs to another user.</exception>
    public static WorkerScratch Open(Folder root)
    {
        root.Create();
        if (!OperatingSystem.IsWindows())
            File.SetUnixFileMode(root.FullPath, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
        Sweep(root);
        while (true)
        {
            var name = Guid.NewGuid().ToString("n");
            // Locked before the folder exists, so that no other worker takes it for a leftover.
            if (TryLock(root.File(name + LockExtension), FileMode.CreateNew) is { } held)
                return new WorkerScratch(root.Sub(name).Create().FullPath, held);
        }
    }

    public void Dispose()
    {
        Directory.Delete(FullPath, recursive: true);
        held.Dispose();
    }

    private static void Sweep(Folder root)
    {
        foreach (var path in Directory.EnumerateFiles(root.FullPath, "*" + LockExtension))
        {
            if (TryLock(path, FileMode.Open) is not { } dead) continue;
            using (dead)
            {
                var folder = root.Sub(Path.GetFileNameWithoutExtension(path)).FullPath;
                ProcessGroup.KillLeftovers(folder);
                if (Directory.Exists(folder)) Directory.Delete(folder, recursive: true);
            }
        }
    }

    /// <summary>Null: another worker has it, or it is gone.</summary>
    private static FileStream? TryLock(string path, FileMode mode)
    {
        try
        {
            return new FileStream(path, mode, FileAccess.ReadWrite, FileShare.None, bufferSize: 1, FileOptions.DeleteOnClose);
        }
        catch (IOException)
        {
            return null;
        }
    }
}
