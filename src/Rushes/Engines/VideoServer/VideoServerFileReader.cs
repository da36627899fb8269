using System.Text.Json;
using System.Text.RegularExpressions;
using Rushes.Engines.Process;

namespace Rushes.Engines.VideoServer;

/// <summary>Reads and validates an engine file for video servers.</summary>
internal sealed class VideoServerFileReader
{
    private const string JobId = "{id}";

    private const int MaxKey = 4096;

    private static readonly HashSet<string> Places =
    [
        "prompt", "negative_prompt", "seed", "width", "height", "frames", "fps", "seconds", "steps", "clips", "size", "area",
        VideoServerRequest.Model, VideoServerRequest.ForwardsPlace,
    ];

    private readonly EngineFile<VideoServerEntry> source;
    private readonly VideoServerEntry file;

    private VideoServerFileReader(EngineFile<VideoServerEntry> source) => (this.source, file) = (source, source.Entry);

    /// <param name="name">A path, or the name of a built-in file such as <c>vllm-omni</c>.</param>
    /// <param name="families">Of the catalog.</param>
    /// <exception cref="EngineFileException">File, line and reason.</exception>
    public static VideoServerFile Read(string name, IReadOnlySet<string> families) =>
        new VideoServerFileReader(EngineFile<VideoServerEntry>.Read(name, EngineFiles.Servers)).Check(families);

    private VideoServerFile Check(IReadOnlySet<string> families)
    {
        if (file.Servers.Count == 0) throw source.Error("there is none", "servers");
        if (file.Models.Count == 0) throw source.Error("there is none", "models");
        if (file.Jobs is < 1 or > 100) throw source.Error($"{file.Jobs} is not in 1 to 100", "jobs");
        CheckCalls();
        var served = new HashSet<string>();
        foreach (var (name, entry) in file.Models)
        {
            if (entry.Serves.Count == 0) throw source.Error("it must name families of the catalog", "models", name, "serves");
            foreach (var family in entry.Serves)
            {
                if (!families.Contains(family))
                    throw source.Error(
                        $"the catalog has no family \"{family}\"; it has {string.Join(", ", families)}", "models", name,
                        "serves");
                if (!served.Add(family))
                    throw source.Error($"\"{family}\" is served by another model already", "models", name, "serves");
            }
        }
        return new VideoServerFile
        {
            Servers = [.. file.Servers.Select(server => Address(Set(server)))],
            Key = Key(),
            Jobs = file.Jobs,
            Calls = file.Calls,
            IsForm = file.Body == BodyForm.Multipart,
            DeleteStops = file.DeleteStops,
            ResultHosts = [.. file.ResultHosts],
            Models = [.. file.Models.Select(pair => Model(pair.Key, pair.Value))],
        };
    }

    private ServedModel Model(string name, ServedModelEntry entry)
    {
        if (entry.Request.ValueKind != JsonValueKind.Object)
            throw source.Error("it must be an object with the fields of a request", "models", name, "request");
        if (entry.Drawing.Problem() is var (reason, field)) throw source.Error(reason, ["models", name, "drawing", .. field]);
        foreach (var pattern in entry.Drawing.Strip) CheckPattern(pattern, name);
        foreach (var (input, part) in entry.Media)
            if (part.As == MediaForm.File && file.Body != BodyForm.Multipart)
                throw source.Error(
                    "\"file\" needs \"body\": \"multipart\"; with JSON use \"data-url\" or \"base64\"", "models", name, "media",
                    input);
        if (entry.Total is < 1 or > 604800)
            throw source.Error($"{entry.Total} is not in 1 to 604800 seconds", "models", name, "total");
        return new ServedModel
        {
            Name = name,
            Families = entry.Serves,
            Id = entry.Id is null ? null : Set(entry.Id),
            Drawing = entry.Drawing,
            Request = Request(entry.Request, name),
            Media = entry.Media,
            WithoutEffect = entry.WithoutEffect,
            Total = TimeSpan.FromSeconds(entry.Total),
        };
    }

    private void CheckCalls()
    {
        var calls = file.Calls;
        foreach (var (name, path) in (IEnumerable<(string, string?)>)[
            ("status", calls.Status), ("file", calls.File), ("delete", calls.Delete)])
            if (path is not null && !path.Contains(JobId, StringComparison.Ordinal))
                throw source.Error($"\"{path}\" does not contain {JobId}", "calls", name);
        foreach (var (name, path) in (IEnumerable<(string, string?)>)[
            ("create", calls.Create), ("status", calls.Status), ("file", calls.File), ("delete", calls.Delete),
            ("health", calls.Health), ("models", calls.Models)])
            if (path is not null && (path.Length == 0 || path.StartsWith('/') || path.Contains("://", StringComparison.Ordinal)))
                throw source.Error($"\"{path}\" is not a path below the server's address, such as v1/videos", "calls", name);
        if (file.DeleteStops && calls.Delete is null)
            throw source.Error("there is no delete call that could stop a job", "deleteStops");
    }

    private WrittenFile Request(JsonElement content, string name)
    {
        var request = new WrittenFile("request", JsonSerializer.SerializeToNode(content)).Filled(
            place => file.Variables.GetValueOrDefault(place));
        foreach (var place in request.Names)
            if (!Places.Contains(place) && !place.StartsWith("input:", StringComparison.Ordinal)
                && !place.StartsWith("number:", StringComparison.Ordinal))
                throw source.Error(
                    $"{{{place}}} is neither a variable of the file nor one of {string.Join(", ", Places)}, input:FIELD, "
                        + "number:FIELD; pictures, sounds and clips belong in \"media\"",
                    "models", name, "request");
        return request;
    }

    private Uri Address(string text) => Uri.TryCreate(text, UriKind.Absolute, out var url)
        && url is { Query: "", Fragment: "", UserInfo: "" }
        && (url.Scheme == Uri.UriSchemeHttp || url.Scheme == Uri.UriSchemeHttps)
        ? url.AbsolutePath.EndsWith('/') ? url : new Uri(url.AbsoluteUri + "/")
        : throw source.Error($"\"{text}\" is not an address such as http://127.0.0.1:8000", "servers");

    private string? Key()
    {
        if (file.KeyVariable is not null && file.KeyFile is not null)
            throw source.Error("there is also \"keyVariable\"; a server has one key", "keyFile");
        return file.KeyVariable is { } variable ? KeyIn(variable) : file.KeyFile is { } path ? KeyOf(Set(path)) : null;
    }

    /// <summary>The gateway's own settings contain its keys and passwords.</summary>
    private string KeyIn(string variable)
    {
        if (variable.StartsWith("RUSHES_", StringComparison.OrdinalIgnoreCase))
            throw source.Error($"{variable} is a setting of the gateway and is not sent to a server", "keyVariable");
        return Environment.GetEnvironmentVariable(variable) is { } key && IsKey(key)
            ? key
            : throw source.Error($"the environment variable {variable} is not set; it has to hold the API key", "keyVariable");
    }

    private string KeyOf(string path)
    {
        try
        {
            using var reader = new StreamReader(path);
            var text = new char[MaxKey + 1];
            var key = new string(text, 0, reader.ReadBlock(text)).Trim();
            return IsKey(key) && key.Length <= MaxKey
                ? key
                : throw source.Error($"{path} must hold the API key and nothing else, on one line", "keyFile");
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            throw source.Error($"{path} cannot be read: {error.Message}", "keyFile");
        }
    }

    private static bool IsKey(string text) => text.Length > 0 && !text.Any(char.IsControl);

    private void CheckPattern(string pattern, string name)
    {
        try
        {
            _ = new Regex(pattern, RegexOptions.NonBacktracking);
        }
        catch (Exception error) when (error is ArgumentException or NotSupportedException)
        {
            throw source.Error($"\"{pattern}\" is not a pattern: {error.Message}", "models", name, "drawing", "strip");
        }
    }

    private string Set(string value) => Template.Fill(value, place => file.Variables.GetValueOrDefault(place));
}
