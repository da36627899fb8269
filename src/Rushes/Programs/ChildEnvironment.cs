namespace Rushes.Programs;

/// <summary>
/// The environment of a child process. It is built from nothing: a child gets what is listed here and what its command adds, so
/// that keys and passwords in the gateway's own environment never reach it.
/// </summary>
public sealed record ChildEnvironment
{
    /// <summary>
    /// Copied from the gateway's environment where set: where programs, libraries, models and GPUs are. None of them holds a
    /// secret.
    /// </summary>
    public static readonly IReadOnlyList<string> Copied =
    [
        "PATH", "LD_LIBRARY_PATH", "TZ",
        "CUDA_HOME", "CUDA_PATH", "CUDA_VISIBLE_DEVICES", "CUDA_DEVICE_ORDER", "NVIDIA_VISIBLE_DEVICES",
        "NVIDIA_DRIVER_CAPABILITIES",
        "HIP_VISIBLE_DEVICES", "ROCR_VISIBLE_DEVICES", "HF_HOME", "HF_HUB_CACHE", "HF_HUB_OFFLINE", "TORCH_HOME",
    ];

    /// <summary>A home that does not exist, for programs that need none.</summary>
    private const string NoHome = "/nonexistent";

    /// <summary>Where the program keeps settings and caches; null: nowhere.</summary>
    public string? Home { get; init; }

    /// <summary>An existing folder for temporary files; null: the system's.</summary>
    public string? Temporary { get; init; }

    /// <summary>Further variables that are copied where set, by name.</summary>
    public IReadOnlyList<string> Pass { get; init; } = [];

    /// <summary>Added to the rest, or in its place.</summary>
    public IReadOnlyDictionary<string, string> Variables { get; init; } = new Dictionary<string, string>();

    /// <summary>Replaces everything in <paramref name="environment"/>.</summary>
    internal void WriteTo(IDictionary<string, string?> environment)
    {
        environment.Clear();
        foreach (var name in Copied.Concat(Pass))
            if (System.Environment.GetEnvironmentVariable(name) is { } value) environment[name] = value;
        environment["LANG"] = "C.UTF-8";
        environment["HOME"] = Home ?? NoHome;
        if (Temporary is not null) environment["TMPDIR"] = Temporary;
        foreach (var (name, value) in Variables) environment[name] = value;
    }
}
