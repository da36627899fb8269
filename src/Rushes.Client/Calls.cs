using System.Globalization;
using System.Net;
using System.Net.Http.Headers;
using System.Text.Json;
using System.Text.Json.Serialization.Metadata;

namespace Rushes.Client;

/// <summary>Calls the gateway; transient errors are retried for <see cref="RushesClientOptions.RetryTimeout"/>.</summary>
internal sealed class Calls(HttpClient http, RushesClientOptions options)
{
    private static readonly ProductInfoHeaderValue Agent = new(
        "Rushes.Client", typeof(Calls).Assembly.GetName().Version!.ToString(3));

    private static readonly TimeSpan MaxDelay = TimeSpan.FromSeconds(20);

    private readonly Uri root = new(options.Url.AbsoluteUri.TrimEnd('/') + "/");

    /// <summary>A request to the gateway with the API key.</summary>
    public HttpRequestMessage Request(HttpMethod method, string path)
    {
        var request = new HttpRequestMessage(method, new Uri(root, path));
        request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", options.Key);
        request.Headers.UserAgent.Add(Agent);
        return request;
    }

    /// <summary>A request that creates a job; without its body.</summary>
    public HttpRequestMessage Create(VideoRequest video, string path)
    {
        var request = Request(HttpMethod.Post, path);
        if (video.JobTimeout is { } timeout)
            request.Headers.Add("Job-Timeout", Math.Ceiling(timeout.TotalSeconds).ToString(CultureInfo.InvariantCulture));
        return request;
    }

    /// <param name="make">Makes the request; called for each attempt.</param>
    /// <exception cref="RushesException">The gateway returned an error or cannot be reached.</exception>
    public Task<T> ReadAsync<T>(Func<HttpRequestMessage> make, JsonTypeInfo<T> type, TimeSpan timeout,
        CancellationToken cancel) => RetryAsync(async stop =>
    {
        using var answer = await AnswerAsync(make(), stop).ConfigureAwait(false);
        var body = await answer.Content.ReadAsStreamAsync(stop).ConfigureAwait(false);
        await using (body.ConfigureAwait(false))
        {
            try
            {
                return await JsonSerializer.DeserializeAsync(body, type, stop).ConfigureAwait(false)
                    ?? throw new RushesException("bad_answer", $"{root} returned an empty response.");
            }
            catch (JsonException error)
            {
                throw new RushesException(
                    "bad_answer", $"The response of {root} is not from a Rushes gateway: {error.Message}", error);
            }
        }
    }, timeout, cancel);

    /// <summary>A call whose response has no body.</summary>
    /// <exception cref="RushesException">The gateway returned an error or cannot be reached.</exception>
    public Task<HttpStatusCode> SendAsync(HttpMethod method, string path, CancellationToken cancel) => RetryAsync(async stop =>
    {
        using var answer = await AnswerAsync(Request(method, path), stop).ConfigureAwait(false);
        return answer.StatusCode;
    }, options.Timeout, cancel);

    /// <summary>One attempt; the caller disposes the response.</summary>
    /// <exception cref="RushesException">The gateway returned an error.</exception>
    public async Task<HttpResponseMessage> AnswerAsync(HttpRequestMessage request, CancellationToken cancel)
    {
        using (request)
        {
            var answer = await http.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, cancel).ConfigureAwait(false);
            if (answer.IsSuccessStatusCode) return answer;
            using (answer) throw await ErrorResponse.ReadAsync(answer, options.Clock, cancel).ConfigureAwait(false);
        }
    }

    private async Task<T> RetryAsync<T>(Func<CancellationToken, Task<T>> attempt, TimeSpan timeout, CancellationToken cancel)
    {
        for (var retries = StartRetries(); ;)
        {
            using var limit = new CancellationTokenSource(timeout, options.Clock);
            using var stop = CancellationTokenSource.CreateLinkedTokenSource(limit.Token, cancel);
            try
            {
                var result = await attempt(stop.Token).ConfigureAwait(false);
                retries.Connected();
                return result;
            }
            catch (Exception error) when (!cancel.IsCancellationRequested && RetryTimer.IsTransient(error))
            {
                await retries.WaitAsync(error, cancel).ConfigureAwait(false);
            }
        }
    }

    public RetryTimer StartRetries() => new(root, options.RetryTimeout, MaxDelay, options.Clock, options.ConnectionChanged);
}
