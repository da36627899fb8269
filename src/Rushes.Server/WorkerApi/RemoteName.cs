namespace Rushes.Server.WorkerApi;

/// <summary>
/// The name of a remote worker on this gateway: <c>remote:KEY:NAME</c>, with the id of its key and the name it chose. The same
/// name with different keys means different workers, and never a worker of this process.
/// </summary>
internal readonly record struct RemoteName(long Key, string Name)
{
    public const int MaxNameLength = 200;

    private const string Prefix = "remote:";

    public override string ToString() => $"{Prefix}{Key}:{Name}";

    public bool HasKeyOf(string worker) => worker.StartsWith($"{Prefix}{Key}:", StringComparison.Ordinal);

    public static bool Is(string worker) => worker.StartsWith(Prefix, StringComparison.Ordinal);

    /// <summary>1 to 200 characters on one line.</summary>
    public static bool IsValid(string? name) => name is { Length: > 0 and <= MaxNameLength } && !name.Any(char.IsControl);
}
