namespace Rushes.Files;

/// <summary>Keys of what requests brought: <c>inputs/a1/20261121/SET-1.jpg</c>. All of one request are one set.</summary>
public static class InputKey
{
    public const string Folder = "inputs/";

    /// <summary>32 hex digits that nothing else bears.</summary>
    public static string NewSet() => Guid.NewGuid().ToString("n");

    /// <param name="number">Within the set, from 1.</param>
    /// <param name="extension">With its dot.</param>
    public static string Of(int account, DateTimeOffset day, string set, int number, string extension) =>
        $"{Folder}a{account}/{day:yyyyMMdd}/{set}-{number}{extension}";

    /// <summary>Null for a key of another form.</summary>
    public static string? SetOf(string key)
    {
        var name = key[(key.LastIndexOf('/') + 1)..];
        return key.StartsWith(Folder, StringComparison.Ordinal) && name.IndexOf('-', StringComparison.Ordinal) == 32
            ? name[..32]
            : null;
    }
}
