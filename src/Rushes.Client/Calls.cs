using System.Net;
using System.Net.Http.Headers;
using System.Text.Json;
using System.Text.Json.Serialization.Metadata;

namespace Rushes.Client;

/// <summary>Calls of the gateway: each is tried again, within the caller's patience, while what stands in its way may pass.</summary>
internal sealed class Calls(HttpClient http, RushesClientOptions options)
{
    private static readonly ProductInfoHeaderValue Agent = new("Rushes.Client", typeof(Calls).Assembly.GetName().Version!.ToString(3));

    private static readonly TimeSpan LongestPause = TimeSpan.FromSeconds(20);

    private readonly Uri root = new(options.Url.AbsoluteUri.TrimEnd('/') + "/");

    /// <summary>A request of the gateway, with the key.</summary>
    public HttpRequestMessage Request(HttpMethod method, string path)
    {
        var request = new HttpRequestMessage(method, new Uri(root, path));
        request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", options.Key);
        request.Headers.UserAgent.Add(Agent);
        return request;
    }

    /// <param name="make">Makes the request; called for each try.</param>
    /// <exception cref="RushesException">It was refused, or nobody answered.</exception>
    public Task<T> ReadAsync<T>(Func<HttpRequestMessage> make, JsonTypeInfo<T> type, TimeSpan timeout, CancellationToken cancel) => PersistAsync(async stop =>
    {
        using var answer = await AnswerAsync(make(), stop).ConfigureAwait(false);
        var body = await answer.Content.ReadAsStreamAsync(stop).ConfigureAwait(false);
        await using (body.ConfigureAwait(false))
        {
            try
            {
                return await JsonSerializer.DeserializeAsync(body, type, stop).ConfigureAwait(false)
                    ?? throw new RushesException("bad_answer", $"{root} answered nothing.");
            }
            catch (JsonException error)
            {
                throw new RushesException("bad_answer", $"{root} answered what no Rushes gateway would: {error.Message}", error);
            }
        }
    }, timeout, cancel);

    /// <summary>For calls whose answer is their status.</summary>
    /// <exception cref="RushesException">It was refused, or nobody answered.</exception>
    public Task<HttpStatusCode> SendAsync(HttpMethod method, string path, CancellationToken cancel) => PersistAsync(async stop =>
    {
        using var answer = await AnswerAsync(Request(method, path), stop).ConfigureAwait(false);
        return answer.StatusCode;
    }, options.Timeout, cancel);

    /// <summary>One try; whoever gets the answer reads and disposes it.</summary>
    /// <exception cref="RushesException">It was refused.</exception>
    public async Task<HttpResponseMessage> AnswerAsync(HttpRequestMessage request, CancellationToken cancel)
    {
        using (request)
        {
            var answer = await http.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, cancel).ConfigureAwait(false);
            if (answer.IsSuccessStatusCode) return answer;
            using (answer) throw await Refusal.OfAsync(answer, options.Clock, cancel).ConfigureAwait(false);
        }
    }

    private async Task<T> PersistAsync<T>(Func<CancellationToken, Task<T>> attempt, TimeSpan timeout, CancellationToken cancel)
    {
        for (var patience = StartPatience(); ;)
        {
            using var limit = new CancellationTokenSource(timeout, options.Clock);
            using var stop = CancellationTokenSource.CreateLinkedTokenSource(limit.Token, cancel);
            try
            {
                return await attempt(stop.Token).ConfigureAwait(false);
            }
            catch (Exception error) when (!cancel.IsCancellationRequested && Patience.MayPass(error))
            {
                await patience.WaitAsync(error, cancel).ConfigureAwait(false);
            }
        }
    }

    /// <summary>Begins to be patient.</summary>
    public Patience StartPatience() => new(root, options.Patience, LongestPause, options.Clock);
}
