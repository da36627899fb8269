using System.Net.Http.Headers;
using System.Net.WebSockets;
using System.Text;

namespace Rushes.Bench;

/// <summary>
/// What no client of ComfyUI can do without: a prompt is sent, its end heard, history asked, the file fetched, the entry
/// deleted. Nothing is looked at, nothing can go wrong.
/// </summary>
internal sealed class BareComfyClient : IDisposable
{
    private readonly HttpClient http;
    private readonly ClientWebSocket socket = new();
    private readonly byte[] buffer = new byte[32 << 10];

    private BareComfyClient(Uri server) => http = new HttpClient { BaseAddress = server };

    public static async Task<BareComfyClient> ConnectAsync(Uri server)
    {
        var client = new BareComfyClient(server);
        await client.socket.ConnectAsync(
            new UriBuilder(new Uri(server, "ws?clientId=bare")) { Scheme = "ws" }.Uri, client.http, default);
        return client;
    }

    /// <param name="graph">JSON, with a name for the output that is new.</param>
    public async Task MakeAsync(string graph, string path)
    {
        var id = Guid.NewGuid().ToString();
        await PostAsync("prompt", $$"""{"prompt": {{graph}}, "prompt_id": "{{id}}", "client_id": "bare"}""");
        while (!(await HearAsync()).Contains("\"node\":null", StringComparison.Ordinal)) { }
        await http.GetByteArrayAsync($"history/{id}");
        await using (var video = await http.GetStreamAsync("view?filename=a.mp4&subfolder=rushes&type=output"))
        await using (var file = File.Create(path))
            await video.CopyToAsync(file);
        await PostAsync("history", $$"""{"delete": ["{{id}}"]}""");
    }

    public void Dispose()
    {
        socket.Dispose();
        http.Dispose();
    }

    private async Task<string> HearAsync() =>
        Encoding.UTF8.GetString(buffer, 0, (await socket.ReceiveAsync(buffer.AsMemory(), default)).Count);

    private async Task PostAsync(string path, string json)
    {
        using var content = new StringContent(json) { Headers = { ContentType = new MediaTypeHeaderValue("application/json") } };
        using var answer = await http.PostAsync(path, content);
        answer.EnsureSuccessStatusCode();
    }
}
