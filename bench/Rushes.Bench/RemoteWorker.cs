using System.Text;
using System.Text.Json;
using Rushes.Bench.Load;

namespace Rushes.Bench;

/// <summary>A worker of the worker protocol that makes no video.</summary>
internal sealed class RemoteWorker(Uri gateway, string name, Connection connection) : IDisposable
{
    private readonly byte[] claim = Connection.Post(
        gateway, "/worker/claim",
        $$"""{"name": "{{name}}", "version": "1", "engine": "bench", "models": ["wan22-fast-t2v"]}""", Protocol);

    private static string Protocol => "X-Rushes-Worker-Protocol: 2\r\n";

    public static async Task<RemoteWorker> ConnectAsync(Uri gateway, int number) =>
        new(gateway, $"bench/{number}", await Connection.OpenAsync(gateway));

    /// <summary>Waits for a job; null if there was none before the gateway ended the call.</summary>
    public async Task<RemoteJob?> ClaimAsync(CancellationToken cancel = default)
    {
        var answer = await connection.SendAsync(claim, cancel);
        if (answer.IsEmpty) return null;
        var job = JsonElement.Parse(Encoding.UTF8.GetString(answer.Span));
        return new RemoteJob(
            job.GetProperty("job").GetInt64(), job.GetProperty("fence").GetInt64(), job.GetProperty("input").ToString());
    }

    public Task BeatAsync(RemoteJob job, int done) =>
        PostAsync(job, "heartbeat", $$"""{"done": {{done}}, "total": 1000000, "stage": "draw"}""");

    /// <summary>Ends the run so that the job is not queued again.</summary>
    public Task EndAsync(RemoteJob job) =>
        PostAsync(
            job, "end", """{"outcome": "failed", "retryable": false, "code": "engine_failed", "message": "A benchmark."}""");

    public void Dispose() => connection.Dispose();

    private async Task PostAsync(RemoteJob job, string call, string json)
    {
        var path = $"/worker/jobs/{job.Id}/{call}?fence={job.Fence}&worker={Uri.EscapeDataString(name)}";
        await connection.SendAsync(Connection.Post(gateway, path, json, Protocol));
    }
}

internal sealed record RemoteJob(long Id, long Fence, string Input);
