using System.Net;
using System.Runtime.CompilerServices;

namespace Rushes.Client;

/// <summary>
/// A Rushes gateway. Safe for use by many at once, and meant to live as long as the program. Every method throws
/// <see cref="RushesException"/> when the gateway refuses or cannot be reached, after it was tried for <see cref="RushesClientOptions.Patience"/>.
/// </summary>
public sealed partial class RushesClient
{
    private static readonly Lazy<HttpClient> Shared = new(() => new HttpClient(NewHandler()) { Timeout = Timeout.InfiniteTimeSpan });

    private readonly RushesClientOptions options;
    private readonly Calls calls;

    /// <summary>A client of its own; see <see cref="RushesServices.AddRushes"/> for programs with dependency injection.</summary>
    /// <exception cref="ArgumentException">The address or the key cannot be used.</exception>
    public RushesClient(RushesClientOptions options)
        : this(Shared.Value, options)
    {
    }

    /// <summary>A client that sends by <paramref name="http"/>, whose own timeout counts too: give it none. The key goes to the gateway alone, not with links to videos.</summary>
    /// <exception cref="ArgumentException">The address or the key cannot be used.</exception>
    public RushesClient(HttpClient http, RushesClientOptions options)
    {
        if (options.Url is not { IsAbsoluteUri: true, Scheme: "http" or "https" })
            throw new ArgumentException($"\"{options.Url}\" is no address of a gateway; it is such as http://127.0.0.1:8080.", nameof(options));
        if (string.IsNullOrWhiteSpace(options.Key)) throw new ArgumentException("There is no key: set RushesClientOptions.Key, or the variable RUSHES_API_KEY.", nameof(options));
        this.options = options;
        calls = new Calls(http, options);
        Http = http;
    }

    internal HttpClient Http { get; }

    /// <summary>Makes a video and waits for it. Given up by <paramref name="cancel"/>, the job is cancelled at the gateway too.</summary>
    /// <param name="progress">Told where the job stands, whenever that changes.</param>
    /// <exception cref="RushesException">It was refused, failed (then <see cref="RushesException.Job"/> says which) or nobody answered.</exception>
    public async Task<Video> GenerateAsync(VideoRequest request, IProgress<JobStatus>? progress = null, CancellationToken cancel = default)
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

    /// <summary>Submits a request. Once this returns, the gateway has it on disk.</summary>
    /// <param name="idempotencyKey">
    /// The same request under the same key is the same job for a day, so give the same when you try again after a crash of your own.
    /// Without one, each call makes its own: however often it is tried, there is one job.
    /// </param>
    public async Task<Job> SubmitAsync(VideoRequest request, string? idempotencyKey = null, CancellationToken cancel = default)
    {
        var body = RequestFields.Of(request);
        var key = idempotencyKey ?? Guid.NewGuid().ToString("n");
        var created = await calls.ReadAsync(() =>
        {
            var post = calls.Request(HttpMethod.Post, PathOf(request.Model));
            post.Headers.Add("Idempotency-Key", key);
            post.Headers.Add("x-pipelet-output", "binary");
            post.Content = body();
            return post;
        }, WireJson.Default.CreatedBody, options.UploadTimeout, cancel).ConfigureAwait(false);
        return new Job(request.Model, created.RequestId);
    }

    /// <summary>What would become of a request: its size, price and wait. Nothing is queued, and what a submit would refuse is refused.</summary>
    public Task<Estimate> EstimateAsync(VideoRequest request, CancellationToken cancel = default)
    {
        var body = RequestFields.Of(request);
        return calls.ReadAsync(() =>
        {
            var post = calls.Request(HttpMethod.Post, PathOf(request.Model) + "?dry_run=true");
            post.Content = body();
            return post;
        }, WireJson.Default.Estimate, options.UploadTimeout, cancel);
    }

    /// <summary>The models that the key may call.</summary>
    public async Task<IReadOnlyList<ModelInfo>> ModelsAsync(CancellationToken cancel = default) =>
        (await calls.ReadAsync(() => calls.Request(HttpMethod.Get, "models"), WireJson.Default.ModelsBody, options.Timeout, cancel).ConfigureAwait(false)).Models;

    /// <summary>A job of the account by its id alone, in any form: the gateway's number, or what another dialect called it.</summary>
    public async Task<Job> FindAsync(string id, CancellationToken cancel = default)
    {
        var found = await calls.ReadAsync(
            () => calls.Request(HttpMethod.Get, $"jobs/{Uri.EscapeDataString(id)}"), WireJson.Default.FoundBody, options.Timeout, cancel).ConfigureAwait(false);
        return new Job(found.Model, found.RequestId);
    }

    /// <summary>Where a job stands now.</summary>
    public async Task<JobStatus> StatusAsync(Job job, CancellationToken cancel = default) =>
        (await calls.ReadAsync(() => calls.Request(HttpMethod.Get, PathOf(job) + "/status"), WireJson.Default.StatusBody, options.Timeout, cancel).ConfigureAwait(false)).Read();

    /// <summary>
    /// Where a job stands now and whenever that changes, to its end; the last one <see cref="JobStatus.IsFinished"/>. Streamed where
    /// nothing on the way stands against it, else asked for every <see cref="RushesClientOptions.PollEvery"/>; goes on after a break.
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
            if (status.State == JobState.Failed) throw new RushesException(status.ErrorCode ?? "failed", $"It failed: {status.Error}") { Job = job };
            if (status.State == JobState.Cancelled) throw new RushesException("cancelled", "It was cancelled.") { Job = job };
        }
        return await ResultAsync(job, cancel).ConfigureAwait(false);
    }

    /// <summary>Cancels a job.</summary>
    /// <param name="force">Stops it also when it runs.</param>
    /// <returns>False: it runs, and was not to be forced, or has ended.</returns>
    public async Task<bool> CancelAsync(Job job, bool force = false, CancellationToken cancel = default)
    {
        try
        {
            await calls.SendAsync(HttpMethod.Put, PathOf(job) + (force ? "/cancel?force=true" : "/cancel"), cancel).ConfigureAwait(false);
            return true;
        }
        catch (RushesException refused) when (refused.Status == HttpStatusCode.Conflict)
        {
            return false;
        }
    }

    /// <summary>Lets a job that awaits it (<see cref="DraftWish.Approve"/>) enter the queue; twice is once.</summary>
    public Task ApproveAsync(Job job, CancellationToken cancel = default) => calls.SendAsync(HttpMethod.Put, PathOf(job) + "/approve", cancel);

    /// <summary>The video of a job that is completed.</summary>
    public async Task<Video> ResultAsync(Job job, CancellationToken cancel = default) => new(this, job, await LinkAsync(job, cancel).ConfigureAwait(false));

    internal async Task<Uri> LinkAsync(Job job, CancellationToken cancel)
    {
        var result = await calls.ReadAsync(() =>
        {
            var get = calls.Request(HttpMethod.Get, PathOf(job));
            // Also for jobs that were created without it: a link, not the file in base64.
            get.Headers.Add("x-pipelet-output", "binary");
            return get;
        }, WireJson.Default.ResultBody, options.Timeout, cancel).ConfigureAwait(false);
        return result.Video.Url;
    }

    internal Patience StartPatience() => calls.StartPatience();

    internal static SocketsHttpHandler NewHandler() => new() { PooledConnectionLifetime = TimeSpan.FromMinutes(5), ConnectTimeout = TimeSpan.FromSeconds(10) };

    private static string PathOf(string model) => $"queue/{Uri.EscapeDataString(model)}";

    private static string PathOf(Job job) => $"{PathOf(job.Model)}/requests/{Uri.EscapeDataString(job.Id)}";

    /// <summary>Nobody waits for it any more; if that cannot be said now, it is made for nothing.</summary>
    private async Task AbandonAsync(Job job)
    {
        using var limit = new CancellationTokenSource(TimeSpan.FromSeconds(5), options.Clock);
        try
        {
            await CancelAsync(job, force: true, limit.Token).ConfigureAwait(false);
        }
        catch (Exception error) when (error is RushesException or OperationCanceledException)
        {
            // What the caller gave up is given up all the same.
        }
    }
}
