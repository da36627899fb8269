using System.Collections.Concurrent;
using System.Net;
using System.Net.Http.Json;
using System.Security.Cryptography;
using System.Text.Json.Serialization.Metadata;
using Microsoft.Extensions.Logging;
using Rushes.Files;
using Rushes.Jobs;

namespace Rushes.Work.Remote;

/// <summary>Jobs of a gateway elsewhere, asked for over HTTP from behind any firewall. It outlasts a gateway that is away for minutes.</summary>
/// <param name="gateway">Its base address and key are set; it has no time limit of its own.</param>
/// <param name="version">Of this program.</param>
/// <param name="files">Follows the signed links: it must not send the key along.</param>
public sealed class RemoteJobSource(
    HttpClient gateway, HttpClient files, string version, TimeProvider clock, ILogger<RemoteJobSource> log) : IJobSource
{
    private static readonly TimeSpan LongestPause = TimeSpan.FromSeconds(15);

    /// <summary>How long a finished video is offered to a gateway that is away: longer than its lease, so that the refusal is heard.</summary>
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(10);

    private readonly ConcurrentDictionary<(long Job, long Fence), Assignment> assignments = new();

    public async Task<Lease> ClaimAsync(ClaimOffer offer, CancellationToken cancel)
    {
        var pauses = new Pauses(clock);
        while (true)
        {
            try
            {
                using var answer = await PostAsync("worker/claim", WorkerCard.Of(offer, version), WorkerJson.Default.WorkerCard, cancel);
                if (answer.StatusCode == HttpStatusCode.NoContent)
                {
                    pauses = new Pauses(clock);
                    continue;
                }
                var assignment = (await answer.Content.ReadFromJsonAsync(WorkerJson.Default.Assignment, cancel))!;
                assignments[(assignment.Job, assignment.Fence)] = assignment;
                return LeaseOf(assignment, offer.Worker);
            }
            catch (Exception error) when (IsAway(error, cancel))
            {
                if (pauses.Count == 0) log.GatewayAway(gateway.BaseAddress!, error.Message);
                await pauses.WaitAsync(LongestPause, cancel);
            }
        }
    }

    public async Task TellAsync(ClaimOffer offer, CancellationToken cancel)
    {
        try
        {
            using var answer = await PostAsync("worker/hello", WorkerCard.Of(offer, version), WorkerJson.Default.WorkerCard, cancel);
        }
        catch (Exception error) when (IsAway(error, cancel))
        {
            // It is told again.
        }
    }

    public async Task<LeaseAnswer> RenewAsync(Lease lease, Progress progress, ReadOnlyMemory<byte>? preview, CancellationToken cancel)
    {
        var beat = new Heartbeat(lease.Worker, lease.Fence, progress.Done, progress.Total, preview?.ToArray(), progress.Stage);
        using var answer = await PostAsync($"worker/jobs/{lease.Job.Id}/heartbeat", beat, WorkerJson.Default.Heartbeat, cancel);
        return (await answer.Content.ReadFromJsonAsync(WorkerJson.Default.HeartbeatAnswer, cancel))!.Answer;
    }

    public async Task<bool> FetchAsync(Lease lease, FileUri input, string path, CancellationToken cancel)
    {
        if (!AssignmentOf(lease).Inputs.TryGetValue(input.ToString(), out var link)) return false;
        return await PersistAsync(async () =>
        {
            using var request = Request(HttpMethod.Get, link);
            using var answer = await files.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, cancel);
            if (answer.StatusCode == HttpStatusCode.NotFound) return false;
            answer.EnsureSuccessStatusCode();
            await using var file = File.Create(path);
            await answer.Content.CopyToAsync(file, cancel);
            return answer.Content.Headers.ContentLength is not { } due || due == file.Length
                ? true
                : throw new HttpRequestException("The gateway's answer was cut off.");
        }, cancel);
    }

    public async Task<bool> DeliverAsync(Lease lease, string path, CancellationToken cancel)
    {
        var assignment = AssignmentOf(lease);
        string hash;
        await using (var video = File.OpenRead(path)) hash = Convert.ToHexStringLower(await SHA256.HashDataAsync(video, cancel));

        // One after the other again if the upload was cut, or arrived as something else: the gateway looks at the hash.
        return await PersistAsync(async () =>
        {
            await UploadAsync(assignment.UploadUrl, path, cancel);
            var completion = new Completion(lease.Fence, assignment.ResultKey, new FileInfo(path).Length, hash);
            using var answer = await PostAsync($"worker/jobs/{lease.Job.Id}/complete", completion, WorkerJson.Default.Completion, cancel);
            return await KeptAsync(lease, answer, cancel);
        }, cancel);
    }

    public Task<bool> EndAsync(Lease lease, RunOutcome outcome, CancellationToken cancel) => PersistAsync(async () =>
    {
        var ending = outcome switch
        {
            RunOutcome.Failed failed => new Ending(lease.Fence, "failed", failed.Error.Code, failed.Error.Message, failed.Retryable),
            RunOutcome.Stopped => new Ending(lease.Fence, "stopped"),
            _ => new Ending(lease.Fence, "returned"),
        };
        using var answer = await PostAsync($"worker/jobs/{lease.Job.Id}/end", ending, WorkerJson.Default.Ending, cancel);
        return await KeptAsync(lease, answer, cancel);
    }, cancel);

    private async Task<bool> KeptAsync(Lease lease, HttpResponseMessage answer, CancellationToken cancel)
    {
        var kept = (await answer.Content.ReadFromJsonAsync(WorkerJson.Default.EndingAnswer, cancel))!.Kept;
        assignments.TryRemove((lease.Job.Id, lease.Fence), out _);
        return kept;
    }

    private async Task UploadAsync(string url, string path, CancellationToken cancel)
    {
        await using var video = File.OpenRead(path);
        using var content = new StreamContent(video);
        content.Headers.ContentType = new("video/mp4");
        content.Headers.ContentLength = video.Length;
        using var request = Request(HttpMethod.Put, url, content);
        using var answer = await files.SendAsync(request, cancel);
        answer.EnsureSuccessStatusCode();
    }

    /// <summary>Tries until it works, is refused for good, or patience runs out.</summary>
    private async Task<T> PersistAsync<T>(Func<Task<T>> action, CancellationToken cancel)
    {
        var pauses = new Pauses(clock);
        while (true)
        {
            try
            {
                return await action();
            }
            catch (Exception error) when (IsAway(error, cancel) && pauses.Elapsed < Patience)
            {
                if (pauses.Count == 0) log.GatewayAway(gateway.BaseAddress!, error.Message);
                await pauses.WaitAsync(LongestPause, cancel);
            }
        }
    }

    private async Task<HttpResponseMessage> PostAsync<T>(string path, T body, JsonTypeInfo<T> type, CancellationToken cancel)
    {
        using var request = Request(HttpMethod.Post, path, JsonContent.Create(body, type));
        request.Headers.Add(WorkerProtocol.Header, WorkerProtocol.Version);
        var answer = await gateway.SendAsync(request, cancel);
        if (answer.IsSuccessStatusCode) return answer;
        using (answer)
        {
            var reason = await answer.Content.ReadAsStringAsync(cancel);
            throw answer.StatusCode is HttpStatusCode.Unauthorized or HttpStatusCode.Forbidden or HttpStatusCode.UpgradeRequired or HttpStatusCode.BadRequest
                ? new WorkerRefusedException($"{gateway.BaseAddress} refused this worker ({(int)answer.StatusCode}): {reason}")
                : new HttpRequestException($"{(int)answer.StatusCode} {reason}", null, answer.StatusCode);
        }
    }

    /// <summary>Said here: what the client would say by itself names a span of its own, which nobody exports.</summary>
    private static HttpRequestMessage Request(HttpMethod method, string url, HttpContent? content = null)
    {
        var request = new HttpRequestMessage(method, url) { Content = content };
        if (JobTrace.Here is { } trace) request.Headers.Add("traceparent", trace);
        return request;
    }

    private static bool IsAway(Exception error, CancellationToken cancel) =>
        !cancel.IsCancellationRequested && error is HttpRequestException or IOException or OperationCanceledException or System.Text.Json.JsonException;

    private Assignment AssignmentOf(Lease lease) => assignments[(lease.Job.Id, lease.Fence)];

    private Lease LeaseOf(Assignment assignment, string worker)
    {
        var now = clock.GetUtcNow();
        var job = new Job
        {
            Id = assignment.Job, Account = 0, Model = assignment.Model, Lane = "", Tier = 0, Priority = 0, State = JobState.Running,
            Input = assignment.Input, Plan = assignment.Plan, Work = 0, CreatedAt = now, StartedAt = now, Fence = assignment.Fence, Worker = worker, Trace = assignment.Trace,
        };
        return new Lease(job, assignment.Fence, worker, now + TimeSpan.FromSeconds(assignment.Seconds)) { Limit = assignment.Limit };
    }
}

/// <summary>The gateway will not have this worker: its key, its version or its card is at fault.</summary>
public sealed class WorkerRefusedException(string message) : Exception(message);
