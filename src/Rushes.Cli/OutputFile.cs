namespace Rushes.Cli;

/// <summary>The file that <c>--output</c> names, checked before the gateway is asked to make a video.</summary>
internal static class OutputFile
{
    /// <exception cref="CliException">It cannot be written.</exception>
    public static void Check(string? path)
    {
        if (path is null or "-") return;
        if (Directory.Exists(path)) throw Invalid(path, "is a folder; name a file");
        var existed = File.Exists(path);
        try
        {
            File.Open(path, FileMode.OpenOrCreate, FileAccess.Write).Dispose();
            if (!existed) File.Delete(path);
        }
        catch (DirectoryNotFoundException)
        {
            throw Invalid(path, "is in a folder that does not exist");
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            throw Invalid(path, $"cannot be written: {error.Message}");
        }
    }

    private static CliException Invalid(string path, string why) => new($"--output {path} {why}.") { Exit = Exits.Usage };
}
