using System.CommandLine;
using System.Net.Http.Headers;
using System.Net.Http.Json;
using System.Text.Json;
using System.Text.Json.Serialization;

namespace Rushes.Cli;

/// <summary>The running gateway, as the commands that administer it reach it.</summary>
internal sealed class GatewayClient : IDisposable
{
    private static readonly JsonSerializerOptions Wire = new()
    {
        PropertyNamingPolicy = JsonNamingPolicy.SnakeCaseLower, DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull,
    };

    private readonly HttpClient http;

    private GatewayClient(Uri url, string key, TimeSpan patience)
    {
        http = new HttpClient { BaseAddress = url, Timeout = patience };
        http.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", key);
    }

    /// <param name="patience">How long an answer may take; 100 seconds if not given.</param>
    /// <exception cref="CliException">There is no key, or the URL is none.</exception>
    public static GatewayClient Of(ParseResult parsed, TimeSpan? patience = null)
    {
        var (url, key) = Reach.Of(parsed);
        return new GatewayClient(url, key, patience ?? TimeSpan.FromSeconds(100));
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
            throw new CliException($"The gateway at {http.BaseAddress} cannot be reached: {error.Message}") { Exit = Exits.Unreachable };
        }
        catch (OperationCanceledException) when (!cancel.IsCancellationRequested)
        {
            throw new CliException($"The gateway at {http.BaseAddress} did not answer within {http.Timeout.TotalSeconds:0} seconds.") { Exit = Exits.Unreachable };
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
}

/// <summary>The command could not: the message is for the person who gave it.</summary>
internal sealed class CliException(string message) : Exception(message)
{
    /// <summary>See <see cref="Exits"/>.</summary>
    public int Exit { get; init; } = Exits.Refused;

    /// <summary>The same for programs.</summary>
    public string? Code { get; init; }
}
