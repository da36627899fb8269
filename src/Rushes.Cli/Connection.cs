using System.CommandLine;
using Rushes.Client;

namespace Rushes.Cli;

/// <summary>
/// The gateway address and API key: from the command line, the environment, the profile, or a local gateway's data folder,
/// in this order.
/// </summary>
internal static class Connection
{
    private static readonly Option<string?> Url = new("--url")
    {
        Description = "The gateway's address. Default RUSHES_URL, then the saved profile, then http://127.0.0.1:8080.",
        Recursive = true,
    };
    private static readonly Option<string?> Key = new("--key")
    {
        Description = "The API key. Default RUSHES_API_KEY, then the saved profile, then the key in DATA/api-key.",
        Recursive = true,
    };
    private static readonly Option<string?> Data = new("--data")
    {
        Description = "A local gateway's data folder, to read its API key. Default RUSHES_DATA, then data.", Recursive = true,
    };

    /// <summary>Adds the options --url, --key and --data to a command.</summary>
    public static Command WithConnection(Command command)
    {
        foreach (var option in new[] { Url, Key, Data }) command.Add(option);
        return command;
    }

    /// <exception cref="CliException">There is no key, or the URL is invalid.</exception>
    public static (Uri Url, string Key) Of(ParseResult parsed)
    {
        var profile = Profile.Read();
        var url = UrlOf(parsed, profile);
        var folder = parsed.GetValue(Data) ?? Environment.GetEnvironmentVariable("RUSHES_DATA") ?? "data";
        var file = new Folder(folder).File("api-key", allowLink: true);
        // The profile's key is only sent to the profile's gateway.
        var key = KeyOf(parsed) ?? (profile?.Url == url ? profile.Key : null) ?? ReadKey(file)
            ?? throw new CliException(
                $"There is no API key. Set --key or RUSHES_API_KEY, log in with rushes login, or make {file} readable.")
            {
                Code = "no_key",
            };
        return (url, key);
    }

    /// <summary>The data folder given on the command line, or null.</summary>
    public static string? FolderOf(ParseResult parsed) => parsed.GetValue(Data);

    /// <summary>The address and key from the command line or the environment, for login.</summary>
    public static (Uri Url, string? Key) Given(ParseResult parsed) => (UrlOf(parsed, Profile.Read()), KeyOf(parsed));

    /// <param name="retryTime">How long to retry if the gateway is unavailable; default 3 seconds.</param>
    /// <param name="connectionChanged">See <see cref="RushesClientOptions.ConnectionChanged"/>.</param>
    /// <exception cref="CliException">There is no key, or the URL is invalid.</exception>
    public static RushesClient ClientOf(
        ParseResult parsed, TimeSpan? retryTime = null, Action<bool>? connectionChanged = null)
    {
        var (url, key) = Of(parsed);
        return new RushesClient(
            new RushesClientOptions
            {
                Url = url, Key = key, RetryTimeout = retryTime ?? TimeSpan.FromSeconds(3), ConnectionChanged = connectionChanged,
            });
    }

    private static Uri UrlOf(ParseResult parsed, Profile? profile)
    {
        var url = parsed.GetValue(Url) ?? Variable("RUSHES_URL") ?? profile?.Url.AbsoluteUri ?? "http://127.0.0.1:8080";
        return Uri.TryCreate(url.TrimEnd('/') + '/', UriKind.Absolute, out var address) && address.Scheme is "http" or "https"
            ? address
            : throw new CliException($"The gateway address is \"{url}\"; use a URL such as http://127.0.0.1:8080.")
            {
                Exit = Exits.Usage,
            };
    }

    private static string? KeyOf(ParseResult parsed) => parsed.GetValue(Key) ?? Variable("RUSHES_API_KEY");

    private static string? Variable(string name) =>
        Environment.GetEnvironmentVariable(name) is { Length: > 0 } value ? value : null;

    private static string? ReadKey(string file)
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
