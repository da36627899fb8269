namespace Rushes.Programs;

/// <summary>
/// The environment of a child process. It contains only what is listed here and what the command adds, so that keys and
/// passwords in the gateway's environment never reach it.
/// </summary>
public sealed record ChildEnvironment
{
    /// <summary>
    /// Copied from the gateway's environment if set: the locations of programs, libraries, models and GPUs. None of them is a
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

    /// <summary>The program's folder for settings and caches; null: none.</summary>
    public string? Home { get; init; }

    /// <summary>An existing folder for temporary files; null: the system's.</summary>
    public string? Temporary { get; init; }

    /// <summary>Names of further variables to copy if set.</summary>
    public IReadOnlyList<string> Pass { get; init; } = [];

    /// <summary>Additional variables; they take precedence.</summary>
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
