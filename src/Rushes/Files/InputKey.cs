namespace Rushes.Files;

/// <summary>Keys of input files: <c>inputs/a1/20261121/SET-1.jpg</c>. The files of a request are one set.</summary>
public static class InputKey
{
    public const string Folder = "inputs/";

    /// <summary>32 unique hex digits.</summary>
    public static string NewSet() => Guid.NewGuid().ToString("n");

    /// <param name="number">Within the set, from 1.</param>
    /// <param name="extension">With its dot.</param>
    public static string Of(int account, DateTimeOffset day, string set, int number, string extension) =>
        $"{Folder}a{account}/{day:yyyyMMdd}/{set}-{number}{extension}";

    /// <summary>Null if it is not the key of an input.</summary>
    public static string? SetOf(string key)
    {
        var name = key[(key.LastIndexOf('/') + 1)..];
        return key.StartsWith(Folder, StringComparison.Ordinal) && name.IndexOf('-', StringComparison.Ordinal) == 32
            ? name[..32]
            : null;
    }
}
