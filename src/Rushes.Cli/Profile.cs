using System.Text.Json;

namespace Rushes.Cli;

/// <summary>The address and key saved by <c>rushes login</c>, in a file that only its owner can read.</summary>
internal sealed record Profile(Uri Url, string Key)
{
    private static readonly JsonSerializerOptions Wire = new()
    {
        PropertyNamingPolicy = JsonNamingPolicy.SnakeCaseLower, WriteIndented = true,
    };

    public static string FilePath => ConfigFolder.Sub("rushes", allowLink: true).File("profile.json", allowLink: true);

    private static Folder ConfigFolder => Environment.GetEnvironmentVariable("XDG_CONFIG_HOME") is { Length: > 0 } set
        ? new Folder(set)
        : new Folder(Environment.GetFolderPath(Environment.SpecialFolder.UserProfile)).Sub(".config", allowLink: true);

    /// <returns>Null if there is no profile.</returns>
    /// <exception cref="CliException">The file cannot be read.</exception>
    public static Profile? Read()
    {
        try
        {
            return JsonSerializer.Deserialize<Profile>(
                File.ReadAllBytes(FilePath), Wire) is { Url: not null, Key: not null } profile
                ? profile
                : throw new CliException($"{FilePath} has no url or key; log in again with rushes login.");
        }
        catch (Exception error) when (error is FileNotFoundException or DirectoryNotFoundException)
        {
            return null;
        }
        catch (Exception error) when (error is JsonException or IOException or UnauthorizedAccessException)
        {
            throw new CliException($"{FilePath} cannot be read: {error.Message}");
        }
    }

    public void Write()
    {
        Directory.CreateDirectory(Path.GetDirectoryName(FilePath)!);
        var options = new FileStreamOptions { Mode = FileMode.Create, Access = FileAccess.Write };
        if (!OperatingSystem.IsWindows()) options.UnixCreateMode = UnixFileMode.UserRead | UnixFileMode.UserWrite;
        // An existing file would keep its mode.
        File.Delete(FilePath);
        using var file = new FileStream(FilePath, options);
        JsonSerializer.Serialize(file, this, Wire);
    }
}
