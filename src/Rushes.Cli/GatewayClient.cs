using System.CommandLine;
using System.Net.Http.Headers;
using System.Net.Http.Json;
using System.Text.Json;
using System.Text.Json.Serialization;

namespace Rushes.Cli;

/// <summary>The running gateway, as the commands that administer it reach it.</summary>
internal sealed class GatewayClient : IDisposable
{
    private static readonly Option<string?> Url = new("--url") { Description = "The gateway. Default RUSHES_URL, else http://127.0.0.1:8080.", Recursive = true };
    private static readonly Option<string?> Key = new("--key") { Description = "A key with the scope admin. Default RUSHES_API_KEY, else the one in DATA/api-key.", Recursive = true };
    private static readonly Option<string?> Data = new("--data") { Description = "The gateway's folder, where its key may lie. Default RUSHES_DATA, else data.", Recursive = true };

    private static readonly JsonSerializerOptions Wire = new()
    {
        PropertyNamingPolicy = JsonNamingPolicy.SnakeCaseLower, DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull,
    };

    private readonly HttpClient http;

    private GatewayClient(Uri url, string key)
    {
        http = new HttpClient { BaseAddress = url };
        http.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", key);
    }

    /// <summary>Gives a command the options that say which gateway, and by which key.</summary>
    public static Command Reachable(Command command)
    {
        foreach (var option in new[] { Url, Key, Data }) command.Add(option);
        return command;
    }

    /// <exception cref="CliException">There is no key, or the URL is none.</exception>
    public static GatewayClient Of(ParseResult parsed)
    {
        var url = parsed.GetValue(Url) ?? Environment.GetEnvironmentVariable("RUSHES_URL") ?? "http://127.0.0.1:8080";
        if (!Uri.TryCreate(url.TrimEnd('/') + '/', UriKind.Absolute, out var address) || address.Scheme is not ("http" or "https"))
            throw new CliException($"\"{url}\" is no address of a gateway; it is such as http://127.0.0.1:8080.");
        var folder = parsed.GetValue(Data) ?? Environment.GetEnvironmentVariable("RUSHES_DATA") ?? "data";
        var file = Path.Combine(folder, "api-key");
        var key = parsed.GetValue(Key) ?? Environment.GetEnvironmentVariable("RUSHES_API_KEY") ?? Kept(file)
            ?? throw new CliException($"There is no key: give --key, set RUSHES_API_KEY, or run this where {file} can be read.");
        return new GatewayClient(address, key);
    }

    /// <exception cref="CliException">The gateway refused, or is not there.</exception>
    public async Task<JsonElement> SendAsync(HttpMethod method, string path, object? body, CancellationToken cancel)
    {
        using var answer = await SendAsync(new HttpRequestMessage(method, path) { Content = body is null ? null : JsonContent.Create(body, options: Wire) }, cancel);
        return await answer.Content.ReadFromJsonAsync<JsonElement>(cancel);
    }

    public Task<JsonElement> GetAsync(string path, CancellationToken cancel) => SendAsync(HttpMethod.Get, path, null, cancel);

    /// <summary>Copies an answer as it comes.</summary>
    public async Task CopyAsync(string path, Stream output, CancellationToken cancel)
    {
        using var answer = await SendAsync(new HttpRequestMessage(HttpMethod.Get, path), cancel);
        await answer.Content.CopyToAsync(output, cancel);
    }

    public void Dispose() => http.Dispose();

    private async Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancel)
    {
        HttpResponseMessage answer;
        try
        {
            answer = await http.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, cancel);
        }
        catch (HttpRequestException error)
        {
            throw new CliException($"The gateway at {http.BaseAddress} cannot be reached: {error.Message}");
        }
        if (answer.IsSuccessStatusCode) return answer;
        using (answer) throw new CliException(await ReasonAsync(answer, cancel));
    }

    private static async Task<string> ReasonAsync(HttpResponseMessage answer, CancellationToken cancel)
    {
        var text = await answer.Content.ReadAsStringAsync(cancel);
        try
        {
            using var json = JsonDocument.Parse(text);
            if (json.RootElement.ValueKind == JsonValueKind.Object && json.RootElement.TryGetProperty("error", out var error)) return error.ToString();
        }
        catch (JsonException)
        {
            // Something else answers there.
        }
        return $"The gateway answered {(int)answer.StatusCode}.";
    }

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

/// <summary>The command could not: the message is for the person who gave it.</summary>
internal sealed class CliException(string message) : Exception(message);
