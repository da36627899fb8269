using System.Net;
using System.Net.Http.Json;
using System.Security.Cryptography;
using System.Text.Json.Serialization.Metadata;
using Microsoft.Extensions.Logging;
using Rushes.Files;
using Rushes.Jobs;

namespace Rushes.Work.Remote;

/// <summary>
/// Claims the jobs of a remote gateway over HTTP, which works behind any firewall; inputs and videos also go through the
/// gateway. It continues after the gateway was unavailable for minutes.
/// </summary>
/// <param name="gateway">Configured with the base address, the key, and a timeout longer than a long poll.</param>
/// <param name="files">The same, with a timeout that is long enough for a file.</param>
/// <param name="version">The version of this program.</param>
public sealed class RemoteJobSource(
    HttpClient gateway, HttpClient files, string version, TimeProvider clock, ILogger<RemoteJobSource> log) : IJobSource
{
    private static readonly TimeSpan FirstPause = TimeSpan.FromSeconds(0.25);
    private static readonly TimeSpan MaxPause = TimeSpan.FromSeconds(15);

    /// <summary>How long to retry delivering a finished video: longer than its lease, so that a rejection arrives.</summary>
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(10);

    public async Task<Lease> ClaimAsync(ClaimOffer offer, CancellationToken cancel)
    {
        var backoff = new Backoff(FirstPause, MaxPause, clock);
        while (true)
        {
            try
            {
                using var answer = await PostAsync(
                    "worker/claim", WorkerOffer.Of(offer, version), WorkerJson.Default.WorkerOffer, cancel);
                if (answer.StatusCode == HttpStatusCode.NoContent)
                {
                    backoff.Reset();
                    continue;
                }
                return LeaseOf((await answer.Content.ReadFromJsonAsync(WorkerJson.Default.Assignment, cancel))!, offer.Worker);
            }
            catch (Exception error) when (IsAway(error, cancel))
            {
                if (!backoff.IsFailing) log.GatewayAway(gateway.BaseAddress!, error.Message);
                await backoff.WaitAsync(cancel);
            }
        }
    }

    public async Task ReportAsync(ClaimOffer offer, CancellationToken cancel)
    {
        try
        {
            using var answer = await PostAsync(
                "worker/hello", WorkerOffer.Of(offer, version), WorkerJson.Default.WorkerOffer, cancel);
        }
        catch (Exception error) when (IsAway(error, cancel))
        {
            // Reported again later.
        }
    }

    public async Task<LeaseAnswer> RenewAsync(
        Lease lease, Progress progress, ReadOnlyMemory<byte>? preview, CancellationToken cancel)
    {
        var beat = new Heartbeat(progress.Done, progress.Total, preview?.ToArray(), progress.Stage);
        using var answer = await PostAsync(WorkerProtocol.PathOf(lease, "heartbeat"), beat, WorkerJson.Default.Heartbeat, cancel);
        return (await answer.Content.ReadFromJsonAsync(WorkerJson.Default.HeartbeatAnswer, cancel))!.Answer;
    }

    public Task<bool> FetchAsync(Lease lease, FileUri input, string path, CancellationToken cancel) => PersistAsync(async () =>
    {
        using var request = new HttpRequestMessage(
            HttpMethod.Get, $"{WorkerProtocol.PathOf(lease, "input")}&uri={Uri.EscapeDataString($"{input}")}");
        try
        {
            using var answer = await SendAsync(files, request, HttpCompletionOption.ResponseHeadersRead, cancel);
            await using var file = File.Create(path);
            await answer.Content.CopyToAsync(file, cancel);
            return answer.Content.Headers.ContentLength is not { } due || due == file.Length
                ? true
                : throw new HttpRequestException("The gateway's answer was cut off.");
        }
        catch (HttpRequestException error) when (error.StatusCode is HttpStatusCode.NotFound or HttpStatusCode.Gone)
        {
            return false;
        }
    }, cancel);

    public async Task<Delivered> DeliverAsync(Lease lease, string path, CancellationToken cancel)
    {
        string digest;
        await using (var video = File.OpenRead(path)) digest = WorkerProtocol.DigestOf(await SHA256.HashDataAsync(video, cancel));

        // Sent again if it was interrupted or damaged: the gateway compares the digest.
        return await PersistAsync<Delivered>(async () =>
        {
            await using var video = File.OpenRead(path);
            using var request = new HttpRequestMessage(
                HttpMethod.Put, WorkerProtocol.PathOf(lease, "video")) { Content = new StreamContent(video) };
            request.Content.Headers.ContentType = new("video/mp4");
            request.Content.Headers.ContentLength = video.Length;
            request.Headers.Add(WorkerProtocol.DigestHeader, digest);
            // A gateway that rejects it responds before the body is sent.
            request.Headers.ExpectContinue = true;
            using var answer = await SendAsync(files, request, HttpCompletionOption.ResponseContentRead, cancel);
            var ended = await ReadAsync(answer, cancel);
            if (ended.Rejected is not { } reason) return ended.Kept ? new Delivered.Kept() : new Delivered.Lost();
            log.VideoRejected(lease.Job.Id, reason);
            return new Delivered.Rejected(reason);
        }, cancel);
    }

    public Task<bool> EndAsync(Lease lease, RunOutcome outcome, CancellationToken cancel) => PersistAsync(async () =>
    {
        var ending = outcome switch
        {
            RunOutcome.Failed failed => new Ending("failed", failed.Error.Code, failed.Error.Message, failed.Retryable),
            RunOutcome.EngineFault fault => new Ending(
                fault.NeverStarted ? "engine_not_reached" : "engine_fault", fault.Error.Code, fault.Error.Message),
            RunOutcome.Stopped => new Ending("stopped"),
            _ => new Ending("returned"),
        } with { Output = outcome.Output };
        using var answer = await PostAsync(WorkerProtocol.PathOf(lease, "end"), ending, WorkerJson.Default.Ending, cancel);
        return (await ReadAsync(answer, cancel)).Kept;
    }, cancel);

    private static async Task<EndingAnswer> ReadAsync(HttpResponseMessage answer, CancellationToken cancel) =>
        (await answer.Content.ReadFromJsonAsync(WorkerJson.Default.EndingAnswer, cancel))!;

    /// <summary>Retries until it succeeds, is rejected, or the time is over.</summary>
    private async Task<T> PersistAsync<T>(Func<Task<T>> action, CancellationToken cancel)
    {
        var backoff = new Backoff(FirstPause, MaxPause, clock);
        while (true)
        {
            try
            {
                return await action();
            }
            catch (Exception error) when (IsAway(error, cancel) && backoff.Failing < Patience)
            {
                if (!backoff.IsFailing) log.GatewayAway(gateway.BaseAddress!, error.Message);
                await backoff.WaitAsync(cancel);
            }
        }
    }

    private async Task<HttpResponseMessage> PostAsync<T>(string path, T body, JsonTypeInfo<T> type, CancellationToken cancel)
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, path) { Content = JsonContent.Create(body, type) };
        return await SendAsync(gateway, request, HttpCompletionOption.ResponseContentRead, cancel);
    }

    private static async Task<HttpResponseMessage> SendAsync(
        HttpClient client, HttpRequestMessage request, HttpCompletionOption completion, CancellationToken cancel)
    {
        request.Headers.Add(WorkerProtocol.Header, WorkerProtocol.Version);
        // Set here, because the span that HttpClient would use is not exported.
        if (JobTrace.Here is { } trace) request.Headers.Add("traceparent", trace);
        var answer = await client.SendAsync(request, completion, cancel);
        if (answer.IsSuccessStatusCode) return answer;
        using (answer)
        {
            var reason = BoundedText.Line(await answer.Content.ReadAsStringAsync(cancel), JobError.MaxMessageLength);
            throw answer.StatusCode is HttpStatusCode.Unauthorized or HttpStatusCode.Forbidden or HttpStatusCode.UpgradeRequired
                or HttpStatusCode.BadRequest
                ? new WorkerRejectedException($"{client.BaseAddress} refused this worker ({(int)answer.StatusCode}): {reason}")
                : new HttpRequestException($"{(int)answer.StatusCode} {reason}", null, answer.StatusCode);
        }
    }

    private static bool IsAway(Exception error, CancellationToken cancel) =>
        !cancel.IsCancellationRequested
            && error is HttpRequestException or IOException or OperationCanceledException or System.Text.Json.JsonException;

    private Lease LeaseOf(Assignment assignment, string worker)
    {
        var now = clock.GetUtcNow();
        var job = new Job
        {
            Id = assignment.Job, Account = 0, Model = assignment.Model, Lane = "", Tier = 0, Priority = 0,
            State = JobState.Running,
            Input = assignment.Input, Plan = assignment.Plan, Work = 0, CreatedAt = now, StartedAt = now,
            Fence = assignment.Fence, Worker = worker, Trace = assignment.Trace,
        };
        return new Lease(
            job, assignment.Fence, worker, now + TimeSpan.FromSeconds(assignment.Seconds)) { Limit = assignment.Limit };
    }
}

/// <summary>The gateway rejects this worker because of its key, version or offer.</summary>
public sealed class WorkerRejectedException(string message) : Exception(message);
