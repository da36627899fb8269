namespace Rushes.Bench;

/// <summary>Folders on the disk that holds the repository (never a RAM disk), gone at the end.</summary>
internal sealed class Folders : IDisposable
{
    private readonly string root;
    private int made;

    public Folders(string name = "bench")
    {
        root = Path.Combine(Repository, ".build", name);
        if (Directory.Exists(root)) Directory.Delete(root, recursive: true);
        Directory.CreateDirectory(root);
    }

    public static string Repository { get; } = Above(AppContext.BaseDirectory);

    public string New() => Directory.CreateDirectory(Path.Combine(root, $"{++made}")).FullName;

    public void Dispose() => Directory.Delete(root, recursive: true);

    private static string Above(string folder) =>
        File.Exists(Path.Combine(folder, "Rushes.slnx")) ? folder : Above(Path.GetDirectoryName(folder)!);
}
