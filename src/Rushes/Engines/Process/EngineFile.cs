using System.Text.Json;
using System.Text.RegularExpressions;
using Rushes.Catalog;

namespace Rushes.Engines.Process;

/// <summary>The folders of built-in engine files, in the program's own folder.</summary>
internal static class EngineFiles
{
    public const string Programs = "engines", Servers = "engines/servers";
}

/// <summary>An engine file as JSON, with what errors in it need.</summary>
internal sealed partial record EngineFile<T>(string Path, byte[] Text, T Entry) where T : class
{
    /// <param name="name">A path, or the name of a built-in file.</param>
    /// <param name="builtIn">The folder of the built-in files.</param>
    /// <exception cref="EngineFileException">File, line and reason.</exception>
    public static EngineFile<T> Read(string name, string builtIn)
    {
        var path = File.Exists(name) ? name : BuiltIn(name, builtIn) ?? name;
        try
        {
            var text = File.ReadAllBytes(path);
            var file = JsonSerializer.Deserialize<T>(text, CatalogJson.Options)
                ?? throw new EngineFileException($"{path}:1: the file is null; it must be an object");
            return new EngineFile<T>(path, text, file);
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            throw new EngineFileException($"{path}: cannot be read: {error.Message}");
        }
        catch (JsonException error)
        {
            throw new EngineFileException($"{path}:{error.LineNumber + 1}: {Reason(error)}");
        }
    }

    private static string Reason(JsonException error)
    {
        if (UnknownField().Match(error.Message) is { Success: true } field)
            return $"the field \"{field.Groups[1].Value}\" is unknown (at {error.Path})";
        var cut = error.Message.IndexOf(" Path:", StringComparison.Ordinal);
        return cut > 0 ? $"{error.Message[..cut]} (at {error.Path})" : error.Message;
    }

    [GeneratedRegex("^The JSON property '([^']*)' could not be mapped")]
    private static partial Regex UnknownField();

    public EngineFileException Error(string reason, params ReadOnlySpan<string> field) =>
        new($"{Path}:{JsonLines.Find(Text, field)}: {string.Join('.', field!)}: {reason}");

    /// <summary>Null if there is no built-in file with that name.</summary>
    private static string? BuiltIn(string name, string folder)
    {
        var file = name.EndsWith(".json", StringComparison.Ordinal) ? name : name + ".json";
        return Folder.IsName(file)
            && new Folder(AppContext.BaseDirectory).Below($"{folder}/{file}", allowLinks: true) is var path
            && File.Exists(path)
            ? path
            : null;
    }
}
