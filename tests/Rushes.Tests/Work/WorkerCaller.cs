using System.Net.Http.Json;
using System.Security.Cryptography;
using System.Text.Json;
using Rushes.Work.Remote;
using Xunit;

namespace Rushes.Tests.Work;

/// <summary>Calls the worker protocol with a key and a worker name.</summary>
internal sealed class WorkerCaller : IDisposable
{
    private readonly HttpClient http;
    private readonly string name;

    public WorkerCaller(TestGateway gateway, string key, string name)
    {
        this.name = name;
        http = new HttpClient { BaseAddress = new Uri(gateway.Origin) };
        http.DefaultRequestHeaders.Add("Authorization", $"Bearer {key}");
        http.DefaultRequestHeaders.Add(WorkerProtocol.Header, WorkerProtocol.Version);
    }

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    /// <param name="expectContinue">Sends a body that the gateway asks for alone; one that it rejects unread may break the
    /// connection.</param>
    public async Task<HttpResponseMessage> CallAsync(string call, object body, bool expectContinue = false)
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, $"/worker/{call}") { Content = JsonContent.Create(body) };
        await request.Content.LoadIntoBufferAsync(Cancel);
        request.Headers.ExpectContinue = expectContinue;
        return await http.SendAsync(request, Cancel);
    }

    public async Task<JsonElement> ClaimAsync(string model = "wan22-fast-t2v")
    {
        using var answer = await CallAsync("claim", new { name, version = "0.1.0", engine = "test", models = new[] { model } });
        Assert.True(answer.IsSuccessStatusCode, await answer.Content.ReadAsStringAsync(Cancel));
        return await answer.Content.ReadFromJsonAsync<JsonElement>(Cancel);
    }

    public Task<HttpResponseMessage> HeartbeatAsync(JsonElement lease, string? stage = null) =>
        CallAsync(PathOf(lease, "heartbeat"), new { done = 1, total = 2, stage });

    public Task<HttpResponseMessage> EndAsync(JsonElement lease, string code = "engine_failed", string message = "It failed.") =>
        CallAsync(PathOf(lease, "end"), new { outcome = "failed", code, message });

    public Task<HttpResponseMessage> InputAsync(JsonElement lease, string uri) =>
        http.GetAsync($"/worker/{PathOf(lease, "input")}&uri={Uri.EscapeDataString(uri)}", Cancel);

    public async Task<HttpResponseMessage> DeliverAsync(JsonElement lease, byte[] video, byte[]? hashed = null)
    {
        using var request = new HttpRequestMessage(
            HttpMethod.Put, $"/worker/{PathOf(lease, "video")}") { Content = new ByteArrayContent(video) };
        request.Headers.Add(WorkerProtocol.DigestHeader, WorkerProtocol.DigestOf(SHA256.HashData(hashed ?? video)));
        return await http.SendAsync(request, Cancel);
    }

    /// <summary>
    /// Sends half of a video and then nothing, until the call is cancelled. The half is so long that minutes pass before the
    /// gateway finds the call too slow.
    /// </summary>
    public async Task DeliverHalfAsync(JsonElement lease, CancellationToken cancel)
    {
        var video = new byte[800_000];
        using var request = new HttpRequestMessage(
            HttpMethod.Put, $"/worker/{PathOf(lease, "video")}") { Content = new HalfContent(video) };
        request.Headers.Add(WorkerProtocol.DigestHeader, WorkerProtocol.DigestOf(SHA256.HashData(video)));
        using var answer = await http.SendAsync(request, cancel);
    }

    public void Dispose() => http.Dispose();

    private string PathOf(JsonElement lease, string call) =>
        $"jobs/{lease.GetProperty("job")}/{call}?fence={lease.GetProperty("fence")}&worker={Uri.EscapeDataString(name)}";
}
