using System.CommandLine;
using System.Net.Http.Headers;
using System.Net.Http.Json;
using System.Text.Json;
using System.Text.Json.Serialization;

namespace Rushes.Cli;

/// <summary>Calls the admin API of the running gateway.</summary>
internal sealed class GatewayClient : IDisposable
{
    private static readonly JsonSerializerOptions Wire = new()
    {
        PropertyNamingPolicy = JsonNamingPolicy.SnakeCaseLower, DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull,
    };

    private readonly HttpClient http;

    private GatewayClient(Uri url, string key, TimeSpan timeout)
    {
        http = new HttpClient { BaseAddress = url, Timeout = timeout };
        http.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", key);
    }

    /// <param name="timeout">The timeout of a call; default 100 seconds.</param>
    /// <exception cref="CliException">There is no key, or the URL is invalid.</exception>
    public static GatewayClient Of(ParseResult parsed, TimeSpan? timeout = null)
    {
        var (url, key) = Connection.Of(parsed);
        return new GatewayClient(url, key, timeout ?? TimeSpan.FromSeconds(100));
    }

    /// <exception cref="CliException">The gateway returned an error or cannot be reached.</exception>
    public async Task<JsonElement> SendAsync(HttpMethod method, string path, object? body, CancellationToken cancel)
    {
        using var answer = await SendAsync(
            new HttpRequestMessage(method, path) { Content = body is null ? null : JsonContent.Create(body, options: Wire) },
            cancel);
        return await answer.Content.ReadFromJsonAsync<JsonElement>(cancel);
    }

    public Task<JsonElement> GetAsync(string path, CancellationToken cancel) => SendAsync(HttpMethod.Get, path, null, cancel);

    /// <summary>Streams a response to <paramref name="output"/>.</summary>
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
            throw new CliException(
                $"The gateway at {http.BaseAddress} cannot be reached: {error.Message}") { Exit = Exits.Unreachable };
        }
        catch (OperationCanceledException) when (!cancel.IsCancellationRequested)
        {
            throw new CliException(
                $"The gateway at {http.BaseAddress} did not respond within {http.Timeout.TotalSeconds:0} seconds.")
            {
                Exit = Exits.Unreachable,
            };
        }
        if (answer.IsSuccessStatusCode) return answer;
        using (answer) throw await ErrorAsync(answer, cancel);
    }

    private static async Task<CliException> ErrorAsync(HttpResponseMessage answer, CancellationToken cancel)
    {
        var text = await answer.Content.ReadAsStringAsync(cancel);
        try
        {
            using var json = JsonDocument.Parse(text);
            if (json.RootElement.ValueKind == JsonValueKind.Object && json.RootElement.TryGetProperty("error", out var error))
                return new CliException(error.ToString()) { Code = Text("code")!, Field = Text("field") };

            string? Text(string name) =>
                json.RootElement.TryGetProperty(name, out var text) && text.ValueKind == JsonValueKind.String
                    ? text.GetString()
                    : null;
        }
        catch (JsonException)
        {
            // The response is not from a Rushes gateway.
        }
        return new CliException($"The gateway returned HTTP status {(int)answer.StatusCode}.");
    }
}

/// <summary>The command failed; the message is shown to the user.</summary>
internal sealed class CliException(string message) : Exception(message)
{
    /// <summary>See <see cref="Exits"/>.</summary>
    public int Exit { get; init; } = Exits.Failed;

    /// <summary>The machine-readable error code.</summary>
    public string Code { get => field ?? Exits.CodeOf(Exit); init; }

    /// <summary>The field of the request that is invalid, or null.</summary>
    public string? Field { get; init; }
}
