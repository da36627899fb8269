namespace Rushes.Server.WorkerApi;

/// <summary>
/// A remote worker as this gateway names it: <c>remote:KEY:NAME</c>, the id of the key that it came with and the name it gave
/// itself. Workers of different keys are different workers, and none is taken for one of this process.
/// </summary>
internal readonly record struct RemoteName(long Key, string Name)
{
    public const int LongestName = 200;

    private const string Prefix = "remote:";

    public override string ToString() => $"{Prefix}{Key}:{Name}";

    public bool HasKeyOf(string worker) => worker.StartsWith($"{Prefix}{Key}:", StringComparison.Ordinal);

    public static bool Is(string worker) => worker.StartsWith(Prefix, StringComparison.Ordinal);

    /// <summary>1 to 200 characters on one line.</summary>
    public static bool IsValid(string? name) => name is { Length: > 0 and <= LongestName } && !name.Any(char.IsControl);
}
