using System.CommandLine;
using Rushes.Client;

namespace Rushes.Cli;

/// <summary>Which gateway, by which key: what the command line says, else the environment, else the profile, else what lies beside a gateway here.</summary>
internal static class Reach
{
    private static readonly Option<string?> Url = new("--url") { Description = "The gateway. Default RUSHES_URL, else the profile's, else http://127.0.0.1:8080.", Recursive = true };
    private static readonly Option<string?> Key = new("--key") { Description = "The key. Default RUSHES_API_KEY, else the profile's, else the one in DATA/api-key.", Recursive = true };
    private static readonly Option<string?> Data = new("--data") { Description = "A gateway's folder here, where its key may lie. Default RUSHES_DATA, else data.", Recursive = true };

    /// <summary>Gives a command the options that say which gateway, and by which key.</summary>
    public static Command Reachable(Command command)
    {
        foreach (var option in new[] { Url, Key, Data }) command.Add(option);
        return command;
    }

    /// <exception cref="CliException">There is no key, or the URL is none.</exception>
    public static (Uri Url, string Key) Of(ParseResult parsed)
    {
        var profile = Profile.Read();
        var url = UrlOf(parsed, profile);
        var folder = parsed.GetValue(Data) ?? Environment.GetEnvironmentVariable("RUSHES_DATA") ?? "data";
        var file = new Folder(folder).File("api-key", allowLink: true);
        // A profile's key is for its own gateway, not for whichever is named today.
        var key = KeyOf(parsed) ?? (profile?.Url == url ? profile.Key : null) ?? Kept(file)
            ?? throw new CliException($"There is no key: give --key, set RUSHES_API_KEY, log in (rushes login), or run this where {file} can be read.") { Code = "no_key" };
        return (url, key);
    }

    /// <summary>The gateway's folder, where the command line names one.</summary>
    public static string? FolderOf(ParseResult parsed) => parsed.GetValue(Data);

    /// <summary>As the command line or the environment gives them; for logging in.</summary>
    public static (Uri Url, string? Key) Given(ParseResult parsed) => (UrlOf(parsed, Profile.Read()), KeyOf(parsed));

    /// <param name="patience">How long it waits for a gateway that is away.</param>
    /// <exception cref="CliException">There is no key, or the URL is none.</exception>
    public static RushesClient ClientOf(ParseResult parsed, TimeSpan? patience = null)
    {
        var (url, key) = Of(parsed);
        return new RushesClient(new RushesClientOptions { Url = url, Key = key, Patience = patience ?? TimeSpan.FromSeconds(3) });
    }

    private static Uri UrlOf(ParseResult parsed, Profile? profile)
    {
        var url = parsed.GetValue(Url) ?? Variable("RUSHES_URL") ?? profile?.Url.AbsoluteUri ?? "http://127.0.0.1:8080";
        return Uri.TryCreate(url.TrimEnd('/') + '/', UriKind.Absolute, out var address) && address.Scheme is "http" or "https"
            ? address
            : throw new CliException($"\"{url}\" is no address of a gateway; it is such as http://127.0.0.1:8080.");
    }

    private static string? KeyOf(ParseResult parsed) => parsed.GetValue(Key) ?? Variable("RUSHES_API_KEY");

    private static string? Variable(string name) => Environment.GetEnvironmentVariable(name) is { Length: > 0 } value ? value : null;

    private static string? Kept(string file)
    {
        try
        {
            return File.ReadAllText(file).Trim() is { Length: > 0 } key ? key : null;
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            return null;
        }
    }
}
