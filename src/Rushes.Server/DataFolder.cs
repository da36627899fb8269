using System.Security.Cryptography;
using Rushes.Server.Settings;

namespace Rushes.Server;

/// <summary>The data folder, <c>--data</c>, and the lock that prevents a second gateway from using it.</summary>
internal sealed class DataFolder : IDisposable
{
    private readonly FileStream held;
    private readonly Folder folder;

    private DataFolder(Folder folder, FileStream held)
    {
        this.folder = folder;
        this.held = held;
        Narrowed = PrivateFiles.Narrow(Path);
        Files = folder.Sub("files", allowLink: true).Create().FullPath;
        // If it is a symbolic link to another disk, it was skipped above.
        if (new DirectoryInfo(Files).LinkTarget is not null) Narrowed += PrivateFiles.Narrow(Files);
        Incoming = Empty("incoming");
        Scratch = Empty("scratch");
        Node = $"{Environment.MachineName}-{Kept("node", () => Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(3)))}";
        Drafts = Empty("drafts");
    }

    public string Path => folder.FullPath;

    /// <summary>Files that other users of the machine could read until this start.</summary>
    public NarrowedFiles Narrowed { get; }

    public string DatabaseFile => folder.File("rushes.db", allowLink: true);

    /// <summary>The operator's catalog file; null if there is none.</summary>
    public string? CatalogFile => folder.File("catalog.json", allowLink: true) is var file && File.Exists(file) ? file : null;

    public string Files { get; }

    /// <summary>Media of requests that are being read; emptied at start.</summary>
    public string Incoming { get; }

    /// <summary>Workers' folders; emptied at start.</summary>
    public string Scratch { get; }

    /// <summary>When ComfyUI servers were restarted; created when one is.</summary>
    public string Restarts => folder.Sub("restarts", allowLink: true).FullPath;

    /// <summary>
    /// The gateway's id, which stays the same across restarts: the machine name and a random part, because several gateways
    /// on one machine can share a database and must not confuse their workers.
    /// </summary>
    public string Node { get; }

    /// <summary>Temporary files of drafts; emptied at start.</summary>
    public string Drafts { get; }

    public static DataFolder Open(string path)
    {
        try
        {
            PrivateFiles.CreateFromNowOn();
            var folder = new Folder(path).Create();
            return new DataFolder(
                folder, new FileStream(folder.File("lock"), FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None));
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            throw new SettingsException($"Data: \"{path}\" cannot be used: {error.Message} Is another gateway running on it?");
        }
    }

    public void Dispose() => held.Dispose();

    private string Empty(string name)
    {
        var emptied = folder.Sub(name, allowLink: true);
        if (Directory.Exists(emptied.FullPath)) Directory.Delete(emptied.FullPath, recursive: true);
        return emptied.Create().FullPath;
    }

    private string Kept(string name, Func<string> make)
    {
        var file = folder.File(name);
        if (File.Exists(file) && File.ReadAllText(file).Trim() is { Length: > 0 } kept) return kept;
        // Written atomically: with a full disk, two gateways could otherwise get the same empty id.
        var made = make();
        File.WriteAllText(file + ".new", made);
        File.Move(file + ".new", file, overwrite: true);
        return made;
    }
}
