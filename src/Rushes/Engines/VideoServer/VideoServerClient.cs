using System.Net;
using System.Net.Http.Headers;
using System.Text.Json;
using Rushes.Media;

namespace Rushes.Engines.VideoServer;

/// <summary>A response: the status, and the job in its body, which servers also send with error statuses.</summary>
internal readonly record struct ServerReply(HttpStatusCode Status, ServerJob Job)
{
    public bool IsOk => (int)Status is >= 200 and < 300;
}

/// <summary>Why a video could not be fetched.</summary>
/// <param name="MayPass">Whether another try can succeed.</param>
internal sealed record FetchProblem(string Reason, bool MayPass);

/// <summary>The HTTP calls of one server.</summary>
internal sealed class VideoServerClient : IDisposable
{
    private static readonly FetchProblem TooLarge = new("the video is too large", MayPass: false);

    private readonly HttpClient http;
    private readonly VideoServerFile file;
    private readonly Uri server;
    private readonly TimeProvider clock;
    private readonly TimeSpan patience;

    /// <param name="patience">The time limit of a call, and of each piece of a file.</param>
    public VideoServerClient(VideoServerFile file, Uri server, TimeProvider clock, TimeSpan patience)
    {
        (this.file, this.server, this.clock, this.patience) = (file, server, clock, patience);
        http = new HttpClient(new SocketsHttpHandler { UseProxy = false, AllowAutoRedirect = false })
        {
            Timeout = Timeout.InfiniteTimeSpan,
        };
    }

    /// <summary>Whether the create call takes as long as the job.</summary>
    public bool IsHeld => file.Calls.Status is null;

    /// <param name="video">Where a video in the response is written.</param>
    /// <param name="limit">How long the response may take.</param>
    public Task<ServerReply> CreateAsync(HttpContent body, string video, TimeSpan limit, CancellationToken cancel) =>
        CallAsync(HttpMethod.Post, file.Calls.Create, body, video, IsHeld ? limit : patience * 2, cancel);

    /// <param name="video">Where a video in the response is written; null: nowhere.</param>
    public Task<ServerReply> StatusAsync(string id, string? video, CancellationToken cancel) =>
        CallAsync(HttpMethod.Get, For(file.Calls.Status!, id), null, video, patience, cancel);

    public Task<ServerReply> DeleteAsync(string id, CancellationToken cancel) =>
        CallAsync(HttpMethod.Delete, For(file.Calls.Delete!, id), null, null, patience, cancel);

    /// <summary>The status of the list of models, and their ids; null if the server has no such list.</summary>
    public async Task<(HttpStatusCode Status, IReadOnlyList<string>? Ids)?> ModelsAsync(CancellationToken cancel)
    {
        if (file.Calls.Models is not { } path) return null;
        var reply = await CallAsync(HttpMethod.Get, path, null, null, patience, cancel);
        return (reply.Status, !reply.IsOk ? null : Reply.Read(() =>
            reply.Job.Json.TryGetProperty("data", out var list) && list.ValueKind == JsonValueKind.Array
                ? list.EnumerateArray().Select(model => model.GetProperty("id").GetString()!).ToList()
                : null));
    }

    /// <summary>Null if the server has no such call.</summary>
    public async Task<HttpStatusCode?> HealthAsync(CancellationToken cancel)
    {
        if (file.Calls.Health is not { } path) return null;
        using var answer = await SendAsync(HttpMethod.Get, new Uri(server, path), null, patience, cancel);
        return answer.StatusCode;
    }

    /// <summary>Fetches a finished job's video, by the file call or else by the URL in its JSON.</summary>
    /// <returns>Null if it was written.</returns>
    public async Task<FetchProblem?> FetchAsync(string id, ServerJob job, string path, CancellationToken cancel)
    {
        if (file.Calls.File is { } call)
        {
            var problem = await FetchAsync(new Uri(server, For(call, id)), path, cancel);
            if (problem is null || job.Url is null) return problem;
        }
        if (job.Url is not { } text) return new FetchProblem("it named no video", MayPass: false);
        if (!Uri.TryCreate(server, text, out var url) || !MayFetch(url))
            return new FetchProblem(
                "the video's URL is on another host; add it to \"resultHosts\" in the engine file", MayPass: false);
        return await FetchAsync(url, path, cancel);
    }

    public void Dispose() => http.Dispose();

    /// <summary>Whether a file begins as a video does.</summary>
    public static bool IsVideo(string path)
    {
        Span<byte> head = stackalloc byte[MediaTypes.HeadSize];
        using var stream = File.OpenRead(path);
        return MediaTypes.Detect(head[..stream.ReadAtLeast(head, head.Length, throwOnEndOfStream: false)])
            is { Kind: Catalog.MediaKind.Clip };
    }

    private async Task<FetchProblem?> FetchAsync(Uri url, string path, CancellationToken cancel)
    {
        using var answer = await SendAsync(HttpMethod.Get, url, null, patience, cancel);
        if (answer.StatusCode != HttpStatusCode.OK)
            return new FetchProblem($"its file call responded with {(int)answer.StatusCode}", MayPass: true);
        if (answer.Content.Headers.ContentLength > VideoReply.MaxVideo) return TooLarge;
        await using var target = File.Create(path);
        await using var source = await answer.Content.ReadAsStreamAsync(cancel);
        using var late = new CancellationTokenSource(patience, clock);
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(cancel, late.Token);
        var buffer = new byte[128 << 10];
        for (long size = 0; ;)
        {
            late.CancelAfter(patience);
            var count = await ReadAsync(source, buffer, stop.Token, cancel);
            if (count == 0) break;
            size += count;
            if (size > VideoReply.MaxVideo) return TooLarge;
            await target.WriteAsync(buffer.AsMemory(0, count), cancel);
        }
        await target.FlushAsync(cancel);
        return null;
    }

    private async Task<int> ReadAsync(Stream source, byte[] buffer, CancellationToken stop, CancellationToken cancel)
    {
        try
        {
            return await source.ReadAsync(buffer, stop);
        }
        catch (OperationCanceledException error) when (!cancel.IsCancellationRequested)
        {
            throw new HttpRequestException($"no data within {patience.TotalSeconds:0.#} seconds", error);
        }
    }

    private async Task<ServerReply> CallAsync(
        HttpMethod method, string path, HttpContent? body, string? video, TimeSpan limit, CancellationToken cancel)
    {
        using var late = new CancellationTokenSource(limit, clock);
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(cancel, late.Token);
        try
        {
            using var answer = await SendAsync(method, new Uri(server, path), body, limit, cancel);
            var stream = await answer.Content.ReadAsStreamAsync(stop.Token);
            try
            {
                return new ServerReply(answer.StatusCode, new ServerJob(await VideoReply.ReadAsync(stream, video, stop.Token)));
            }
            catch (JsonException) when (!answer.IsSuccessStatusCode || answer.StatusCode == HttpStatusCode.NoContent)
            {
                return new ServerReply(answer.StatusCode, default);
            }
        }
        catch (OperationCanceledException error) when (!cancel.IsCancellationRequested)
        {
            throw new HttpRequestException($"no response within {limit.TotalSeconds:0.#} seconds", error);
        }
    }

    private async Task<HttpResponseMessage> SendAsync(
        HttpMethod method, Uri url, HttpContent? body, TimeSpan limit, CancellationToken cancel)
    {
        using var late = new CancellationTokenSource(limit, clock);
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(cancel, late.Token);
        using var request = new HttpRequestMessage(method, url) { Content = body };
        // Only the server itself gets the key.
        if (file.Key is { } key && IsServer(url)) request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", key);
        try
        {
            return await http.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, stop.Token);
        }
        catch (OperationCanceledException error) when (!cancel.IsCancellationRequested)
        {
            throw new HttpRequestException($"no response within {limit.TotalSeconds:0.#} seconds", error);
        }
    }

    private bool MayFetch(Uri url) => IsServer(url)
        || ((url.Scheme == Uri.UriSchemeHttp || url.Scheme == Uri.UriSchemeHttps)
            && file.ResultHosts.Contains(url.Host, StringComparer.OrdinalIgnoreCase));

    private bool IsServer(Uri url) => url.Scheme == server.Scheme && url.Authority == server.Authority;

    private static string For(string path, string id) => path.Replace("{id}", Uri.EscapeDataString(id), StringComparison.Ordinal);
}
