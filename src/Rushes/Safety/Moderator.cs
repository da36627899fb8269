using System.Net.Http.Headers;
using System.Net.Http.Json;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace Rushes.Safety;

/// <summary>
/// Calls the operator's moderation endpoint in OpenAI's format. It may be in a private network, so the address rules for
/// customers do not apply.
/// </summary>
public sealed class Moderator(ModerationOptions options, TimeProvider clock) : IDisposable
{
    private const int MaxBytes = 1 << 20;

    private readonly HttpClient client = new(new SocketsHttpHandler
    {
        AllowAutoRedirect = false,
        UseCookies = false,
        PooledConnectionLifetime = TimeSpan.FromMinutes(2),
    })
    {
        Timeout = Timeout.InfiniteTimeSpan,
        MaxResponseContentBufferSize = MaxBytes,
    };

    /// <summary>Whether requests pass if the endpoint fails.</summary>
    public bool FailsOpen => options.FailsOpen;

    /// <param name="jpeg">An image to moderate with the text; null for none.</param>
    public async Task<Moderation> AskAsync(string text, byte[]? jpeg, CancellationToken cancel)
    {
        using var limit = new CancellationTokenSource(options.Timeout, clock);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(limit.Token, cancel);
        try
        {
            using var request = new HttpRequestMessage(
                HttpMethod.Post, options.Url) { Content = JsonContent.Create(Body(text, jpeg)) };
            if (options.Key is not null) request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", options.Key);
            using var answer = await client.SendAsync(request, HttpCompletionOption.ResponseContentRead, either.Token);
            return answer.IsSuccessStatusCode
                ? ModerationAnswer.Read(await answer.Content.ReadAsByteArrayAsync(either.Token))
                : new Moderation.Failed($"it answered {(int)answer.StatusCode}");
        }
        catch (OperationCanceledException) when (!cancel.IsCancellationRequested)
        {
            return new Moderation.Failed($"it did not answer within {options.Timeout.TotalSeconds:0} seconds");
        }
        catch (HttpRequestException error)
        {
            return new Moderation.Failed(
                error.HttpRequestError == HttpRequestError.Unknown ? "no valid HTTP came back" : $"{error.HttpRequestError}");
        }
        catch (JsonException)
        {
            return new Moderation.Failed("its answer is not a moderation's");
        }
    }

    public void Dispose() => client.Dispose();

    /// <summary>Text without an image is sent as a string, which text-only models accept too.</summary>
    private JsonObject Body(string text, byte[]? jpeg)
    {
        if (jpeg is null) return new JsonObject { ["model"] = options.Model, ["input"] = text };
        var image = new JsonObject
        {
            ["type"] = "image_url",
            ["image_url"] = new JsonObject { ["url"] = "data:image/jpeg;base64," + Convert.ToBase64String(jpeg) },
        };
        JsonArray input = text.Length == 0 ? [image] : [new JsonObject { ["type"] = "text", ["text"] = text }, image];
        return new JsonObject { ["model"] = options.Model, ["input"] = input };
    }
}

public sealed record ModerationOptions
{
    public required Uri Url { get; init; }

    /// <summary>The bearer token; null for none.</summary>
    public string? Key { get; init; }

    public string Model { get; init; } = "omni-moderation-latest";

    /// <summary>Time limit of a call. Default 5 seconds, 1 to 30.</summary>
    public TimeSpan Timeout { get; init; } = TimeSpan.FromSeconds(5);

    /// <summary>Requests pass if the endpoint fails. Default false: they are rejected.</summary>
    public bool FailsOpen { get; init; }
}

/// <summary>The response of a moderation endpoint.</summary>
public abstract record Moderation
{
    private Moderation() { }

    public sealed record Clean : Moderation;

    /// <param name="ByImage">Only the image was flagged.</param>
    public sealed record Flagged(string Category, bool ByImage) : Moderation;

    /// <param name="Reason">For the log; contains nothing of the request.</param>
    public sealed record Failed(string Reason) : Moderation;
}
