namespace Rushes.Tests.Faults.Run;

/// <summary>
/// The wall clock of one process, which jumps when told to (libfaketime); time that is measured goes on as it did.
/// </summary>
internal sealed class OtherClock : IDisposable
{
    private readonly string library;
    private readonly TempFolder folder = new();

    private OtherClock(string library)
    {
        this.library = library;
        Jump(0);
    }

    /// <summary>The environment variables of the process.</summary>
    public (string Name, string Value)[] Environment =>
    [
        ("LD_PRELOAD", library), ("FAKETIME_TIMESTAMP_FILE", folder["clock"]), ("FAKETIME_CACHE_DURATION", "1"),
        ("FAKETIME_DONT_FAKE_MONOTONIC", "1"),
        ("FAKETIME_DONT_RESET", "1"),
    ];

    /// <summary>Null where libfaketime is not installed.</summary>
    public static OtherClock? Find() =>
        Directory.Exists("/usr/lib")
            && Directory.GetDirectories("/usr/lib", "*-linux-gnu")
                .Select(each => Path.Combine(each, "faketime", "libfaketime.so.1"))
                .FirstOrDefault(File.Exists) is { } library
            ? new OtherClock(library)
            : null;

    /// <summary>Sets the offset from the real time in seconds.</summary>
    public void Jump(int seconds)
    {
        // Put in its place whole: it is read at any moment.
        File.WriteAllText(folder["next"], $"{seconds:+0;-0;+0}\n");
        File.Move(folder["next"], folder["clock"], overwrite: true);
    }

    public void Dispose() => folder.Dispose();
}
