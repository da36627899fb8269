using System.CommandLine;
using System.Net.Http.Headers;
using System.Net.ServerSentEvents;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace Rushes.Cli;

/// <summary>
/// <c>rushes mcp</c>: connects an agent host that only starts programs to the gateway's <c>/mcp</c>. Each line of standard
/// input is a JSON-RPC message, and so is each line of standard output.
/// </summary>
internal static class McpCommand
{
    private const int InternalError = -32603;

    public static Command Create()
    {
        var command = new Command("mcp", "Connect an agent to the gateway by the Model Context Protocol (stdio).").WithExamples(
            "rushes mcp --url https://video.example.com");
        command.SetAction(RunAsync);
        return Connection.WithConnection(command);
    }

    private static async Task<int> RunAsync(ParseResult parsed, CancellationToken cancel)
    {
        var (url, key) = Connection.Of(parsed);
        using var http = new HttpClient { BaseAddress = url };
        http.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", key);
        await using var output = Console.OpenStandardOutput();
        using var writing = new SemaphoreSlim(1);
        var calls = new List<Task>();
        while (await Console.In.ReadLineAsync(cancel) is { } line)
        {
            if (string.IsNullOrWhiteSpace(line)) continue;
            calls.RemoveAll(call => call.IsCompleted);
            calls.Add(SendAsync(line));
        }
        await Task.WhenAll(calls);
        return Exits.Done;

        async Task SendAsync(string message)
        {
            await foreach (var answer in CallAsync(http, message, cancel))
            {
                await writing.WaitAsync(cancel);
                try
                {
                    await output.WriteAsync(Encoding.UTF8.GetBytes(answer + "\n"), cancel);
                    await output.FlushAsync(cancel);
                }
                finally
                {
                    writing.Release();
                }
            }
        }
    }

    /// <summary>The messages with which the gateway answers; none to a notification.</summary>
    private static async IAsyncEnumerable<string> CallAsync(
        HttpClient http, string message, [System.Runtime.CompilerServices.EnumeratorCancellation] CancellationToken cancel)
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, "mcp")
        {
            Content = new StringContent(message, Encoding.UTF8, "application/json"),
        };
        request.Headers.Accept.ParseAdd("application/json, text/event-stream");
        HttpResponseMessage? answer = null;
        string? unreachable = null;
        try
        {
            answer = await http.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, cancel);
        }
        catch (HttpRequestException error)
        {
            unreachable = $"The gateway at {http.BaseAddress} cannot be reached: {error.Message}";
        }
        if (answer is null)
        {
            if (Failure(message, unreachable!) is { } failure) yield return failure;
            yield break;
        }

        using (answer)
        {
            await using var body = await answer.Content.ReadAsStreamAsync(cancel);
            if (answer.Content.Headers.ContentType?.MediaType == "text/event-stream")
            {
                await foreach (var item in SseParser.Create(body).EnumerateAsync(cancel))
                    if (item.Data.Length > 0) yield return item.Data;
                yield break;
            }
            var text = await answer.Content.ReadAsStringAsync(cancel);
            if (!answer.IsSuccessStatusCode)
            {
                if (Failure(message, ErrorOf(text, (int)answer.StatusCode)) is { } failure) yield return failure;
            }
            else if (text.Length > 0)
            {
                yield return text.ReplaceLineEndings(" ");
            }
        }
    }

    private static string ErrorOf(string body, int status)
    {
        try
        {
            if (JsonNode.Parse(body) is JsonObject answer && answer["error"] is JsonValue error) return error.ToString();
        }
        catch (JsonException)
        {
            // Not the gateway's own answer.
        }
        return $"The gateway answered {status}.";
    }

    /// <returns>Null for a notification, which has no answer.</returns>
    private static string? Failure(string message, string error)
    {
        try
        {
            if (JsonNode.Parse(message) is not JsonObject sent || sent["id"] is not { } id) return null;
            return new JsonObject
            {
                ["jsonrpc"] = "2.0", ["id"] = id.DeepClone(),
                ["error"] = new JsonObject { ["code"] = InternalError, ["message"] = error },
            }.ToJsonString();
        }
        catch (JsonException)
        {
            return null;
        }
    }
}
