using System.Net;
using System.Runtime.CompilerServices;

namespace Rushes.Client;

/// <summary>
/// A client for a Rushes gateway. It is thread-safe; create one and reuse it. Every method throws <see cref="RushesException"/>
/// if the gateway returns an error or cannot be reached; transient errors are retried for
/// <see cref="RushesClientOptions.RetryTimeout"/>.
/// </summary>
public sealed partial class RushesClient
{
    private static readonly Lazy<HttpClient> Shared = new(
        () => new HttpClient(NewHandler()) { Timeout = Timeout.InfiniteTimeSpan });

    private readonly RushesClientOptions options;
    private readonly Calls calls;

    /// <summary>Creates a client; with dependency injection use <see cref="RushesServices.AddRushes"/>.</summary>
    /// <exception cref="ArgumentException">The address or the key is invalid.</exception>
    public RushesClient(RushesClientOptions options)
        : this(Shared.Value, options)
    {
    }

    /// <summary>
    /// Creates a client that uses <paramref name="http"/>; set its timeout to infinite. The key is sent only to the gateway,
    /// not with downloads.
    /// </summary>
    /// <exception cref="ArgumentException">The address or the key is invalid.</exception>
    public RushesClient(HttpClient http, RushesClientOptions options)
    {
        if (options.Url is not { IsAbsoluteUri: true, Scheme: "http" or "https" })
            throw new ArgumentException(
                $"The gateway address is \"{options.Url}\"; use a URL such as http://127.0.0.1:8080.", nameof(options));
        if (string.IsNullOrWhiteSpace(options.Key))
            throw new ArgumentException(
                "There is no API key: set RushesClientOptions.Key or the environment variable RUSHES_API_KEY.", nameof(options));
        this.options = options;
        calls = new Calls(http, options);
        Http = http;
    }

    internal HttpClient Http { get; }

    /// <summary>
    /// Creates a job and waits for the video. Cancelling with <paramref name="cancel"/> also cancels the job on the gateway,
    /// once its creation was confirmed.
    /// </summary>
    /// <param name="progress">Receives every status change.</param>
    /// <exception cref="RushesException">The gateway returned an error or cannot be reached, or the job failed (see
    /// <see cref="RushesException.Job"/>).</exception>
    public async Task<Video> GenerateAsync(
        VideoRequest request, IProgress<JobStatus>? progress = null, CancellationToken cancel = default)
    {
        var job = await SubmitAsync(request, cancel: cancel).ConfigureAwait(false);
        try
        {
            return await WaitAsync(job, progress, cancel).ConfigureAwait(false);
        }
        catch (OperationCanceledException) when (cancel.IsCancellationRequested)
        {
            await AbandonAsync(job).ConfigureAwait(false);
            throw;
        }
    }

    /// <summary>Creates a job. Returns once it is stored on the gateway.</summary>
    /// <param name="idempotencyKey">
    /// Repeating the same request with the same key returns the same job, for as long as the gateway keeps keys (24 hours by
    /// default); set it to retry after a crash of your program. If null, a key is generated for each call, so that the
    /// client's own retries create only one job.
    /// </param>
    public async Task<Job> SubmitAsync(VideoRequest request, string? idempotencyKey = null, CancellationToken cancel = default)
    {
        var body = RequestFields.Of(request);
        var key = idempotencyKey ?? Guid.NewGuid().ToString("n");
        var created = await calls.ReadAsync(() =>
        {
            var post = calls.Create(request, PathOf(request.Model));
            post.Headers.Add("Idempotency-Key", key);
            post.Headers.Add("x-pipelet-output", "binary");
            post.Content = body();
            return post;
        }, WireJson.Default.CreatedBody, options.UploadTimeout, cancel).ConfigureAwait(false);
        return new Job(request.Model, created.RequestId);
    }

    /// <summary>
    /// Previews size, price and wait without creating a job. Invalid input throws the same error as
    /// <see cref="SubmitAsync"/>.
    /// </summary>
    public Task<Estimate> EstimateAsync(VideoRequest request, CancellationToken cancel = default)
    {
        var body = RequestFields.Of(request);
        return calls.ReadAsync(() =>
        {
            var post = calls.Create(request, PathOf(request.Model) + "?dry_run=true");
            post.Content = body();
            return post;
        }, WireJson.Default.Estimate, options.UploadTimeout, cancel);
    }

    /// <summary>The models that are available to the key.</summary>
    public async Task<IReadOnlyList<ModelInfo>> ModelsAsync(CancellationToken cancel = default) =>
        (await calls.ReadAsync(() => calls.Request(HttpMethod.Get, "models"), WireJson.Default.ModelsBody, options.Timeout,
            cancel).ConfigureAwait(false)).Models;

    /// <summary>Finds a job of the account by its id, or by the id that another API returned.</summary>
    public async Task<Job> FindAsync(string id, CancellationToken cancel = default)
    {
        var found = await calls.ReadAsync(
            () => calls.Request(HttpMethod.Get, $"jobs/{Uri.EscapeDataString(id)}"), WireJson.Default.FoundBody, options.Timeout,
            cancel).ConfigureAwait(false);
        return new Job(found.Model, found.RequestId);
    }

    /// <summary>The current status of a job.</summary>
    public async Task<JobStatus> StatusAsync(Job job, CancellationToken cancel = default) =>
        (await calls.ReadAsync(() => calls.Request(HttpMethod.Get, PathOf(job) + "/status"), WireJson.Default.StatusBody,
            options.Timeout, cancel).ConfigureAwait(false)).Read();

    /// <summary>
    /// The current status of a job and every change until it ends; the last one is <see cref="JobStatus.IsFinished"/>. The
    /// status is streamed, or polled every <see cref="RushesClientOptions.PollInterval"/> if a proxy blocks streams.
    /// Reconnects automatically.
    /// </summary>
    public async IAsyncEnumerable<JobStatus> WatchAsync(Job job, [EnumeratorCancellation] CancellationToken cancel = default)
    {
        using var feed = new StatusFeed(calls, PathOf(job), options);
        while (true)
        {
            var status = await feed.NextAsync(cancel).ConfigureAwait(false);
            yield return status;
            if (status.IsFinished) yield break;
        }
    }

    /// <summary>Waits for a job's video.</summary>
    /// <inheritdoc cref="GenerateAsync"/>
    public async Task<Video> WaitAsync(Job job, IProgress<JobStatus>? progress = null, CancellationToken cancel = default)
    {
        await foreach (var status in WatchAsync(job, cancel).ConfigureAwait(false))
        {
            progress?.Report(status);
            if (status.State == JobState.Failed)
                throw new RushesException(status.ErrorCode ?? "failed", $"Job {job.Id} failed: {status.Error}") { Job = job };
            if (status.State == JobState.Cancelled)
                throw new RushesException("cancelled", $"Job {job.Id} was cancelled.") { Job = job };
        }
        return await ResultAsync(job, cancel).ConfigureAwait(false);
    }

    /// <summary>Cancels a job.</summary>
    /// <param name="force">Also stops a running job.</param>
    /// <returns>False if the job has ended, or is running and <paramref name="force"/> is false.</returns>
    public async Task<bool> CancelAsync(Job job, bool force = false, CancellationToken cancel = default)
    {
        try
        {
            await calls.SendAsync(
                HttpMethod.Put, PathOf(job) + (force ? "/cancel?force=true" : "/cancel"), cancel).ConfigureAwait(false);
            return true;
        }
        catch (RushesException rejected) when (rejected.Status == HttpStatusCode.Conflict)
        {
            return false;
        }
    }

    /// <summary>
    /// Approves the draft of a job (<see cref="DraftMode.Approve"/>), so that it enters the queue. Can be called more than
    /// once.
    /// </summary>
    public Task ApproveAsync(Job job, CancellationToken cancel = default) =>
        calls.SendAsync(HttpMethod.Put, PathOf(job) + "/approve", cancel);

    /// <summary>The video of a completed job.</summary>
    public async Task<Video> ResultAsync(Job job, CancellationToken cancel = default) =>
        new(this, job, await DownloadUrlAsync(job, cancel).ConfigureAwait(false));

    internal async Task<Uri> DownloadUrlAsync(Job job, CancellationToken cancel)
    {
        var result = await calls.ReadAsync(() =>
        {
            var get = calls.Request(HttpMethod.Get, PathOf(job));
            // A download URL instead of base64, also for jobs that were created without this header.
            get.Headers.Add("x-pipelet-output", "binary");
            return get;
        }, WireJson.Default.ResultBody, options.Timeout, cancel).ConfigureAwait(false);
        return result.Video.Url;
    }

    internal RetryTimer StartRetries() => calls.StartRetries();

    internal static SocketsHttpHandler NewHandler() =>
        new() { PooledConnectionLifetime = TimeSpan.FromMinutes(5), ConnectTimeout = TimeSpan.FromSeconds(10) };

    private static string PathOf(string model) => $"queue/{Uri.EscapeDataString(model)}";

    private static string PathOf(Job job) => $"{PathOf(job.Model)}/requests/{Uri.EscapeDataString(job.Id)}";

    /// <summary>Cancels a job that the caller no longer waits for, if the gateway can be reached.</summary>
    private async Task AbandonAsync(Job job)
    {
        using var limit = new CancellationTokenSource(TimeSpan.FromSeconds(5), options.Clock);
        try
        {
            await CancelAsync(job, force: true, limit.Token).ConfigureAwait(false);
        }
        catch (Exception error) when (error is RushesException or OperationCanceledException)
        {
            // The caller's cancellation succeeds anyway.
        }
    }
}
