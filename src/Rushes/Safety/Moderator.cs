using System.Net.Http.Headers;
using System.Net.Http.Json;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace Rushes.Safety;

/// <summary>
/// The operator's own moderation endpoint, in OpenAI's form. It may be in a private network, so customers' address rules do
/// not apply to it. It does not know requests: whether a failure refuses is for others to say.
/// </summary>
public sealed class Moderator(ModerationOptions options, TimeProvider clock) : IDisposable
{
    private const int MostBytes = 1 << 20;

    private readonly HttpClient client = new(new SocketsHttpHandler
    {
        AllowAutoRedirect = false,
        UseCookies = false,
        PooledConnectionLifetime = TimeSpan.FromMinutes(2),
    })
    {
        Timeout = Timeout.InfiniteTimeSpan,
        MaxResponseContentBufferSize = MostBytes,
    };

    /// <summary>Whether a failure lets requests through.</summary>
    public bool FailsOpen => options.FailsOpen;

    /// <param name="jpeg">A picture to judge along; null for none.</param>
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

    /// <summary>Text alone goes as a string, which the text-only models take too.</summary>
    private JsonObject Body(string text, byte[]? jpeg)
    {
        if (jpeg is null) return new JsonObject { ["model"] = options.Model, ["input"] = text };
        var picture = new JsonObject
        {
            ["type"] = "image_url",
            ["image_url"] = new JsonObject { ["url"] = "data:image/jpeg;base64," + Convert.ToBase64String(jpeg) },
        };
        JsonArray input = text.Length == 0 ? [picture] : [new JsonObject { ["type"] = "text", ["text"] = text }, picture];
        return new JsonObject { ["model"] = options.Model, ["input"] = input };
    }
}

public sealed record ModerationOptions
{
    public required Uri Url { get; init; }

    /// <summary>Sent as a bearer token; null for none.</summary>
    public string? Key { get; init; }

    public string Model { get; init; } = "omni-moderation-latest";

    /// <summary>From the request's first byte to the answer's last. Default 5 seconds, 1 to 30.</summary>
    public TimeSpan Timeout { get; init; } = TimeSpan.FromSeconds(5);

    /// <summary>When the endpoint fails, requests go through unjudged. Default false: they are refused.</summary>
    public bool FailsOpen { get; init; }
}

/// <summary>What a moderation endpoint said.</summary>
public abstract record Moderation
{
    private Moderation() { }

    public sealed record Clean : Moderation;

    /// <param name="ByPicture">The picture alone was found so.</param>
    public sealed record Flagged(string Category, bool ByPicture) : Moderation;

    /// <param name="Reason">For the log; holds nothing of what was asked.</param>
    public sealed record Failed(string Reason) : Moderation;
}
