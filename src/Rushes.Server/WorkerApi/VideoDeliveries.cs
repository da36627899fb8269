using System.Buffers;
using System.Security.Cryptography;
using Microsoft.AspNetCore.Http.Features;
using Rushes.Catalog;
using Rushes.Database;
using Rushes.Files;
using Rushes.Jobs;
using Rushes.Media;
using Rushes.Work;
using Rushes.Work.Remote;

namespace Rushes.Server.WorkerApi;

/// <summary>
/// Receives videos from remote workers: counts and hashes the bytes, checks that the file is the job's video, stores it under
/// a new key, and completes the job. Until then the file is not the job's result; afterwards nothing can replace it.
/// </summary>
internal sealed partial class VideoDeliveries(
    ModelCatalog catalog, IJobStore jobStore, ILeaseStore leases, LocalJobSource source, IFileStore files, DataFolder data,
    ILogger<VideoDeliveries> log)
{
    /// <summary>
    /// Uploads of one job's video: a worker may send it again before the gateway notices that the first connection is lost.
    /// </summary>
    public const int MaxAtOnce = 2;

    /// <summary>By job. It limits the disk that a worker can fill.</summary>
    private readonly ConcurrencyLimit<long> uploads = new(MaxAtOnce);

    public async Task<VideoDelivery> TakeAsync(Job job, HttpContext http, CancellationToken cancel)
    {
        if (WorkerProtocol.ReadDigest(http.Request.Headers[WorkerProtocol.DigestHeader]) is not { } due)
            return new VideoDelivery.NoDigest();
        using var upload = uploads.TryEnter(job.Id);
        if (upload is null) return new VideoDelivery.TooMany();
        var path = new Folder(data.Incoming).NewFile();
        try
        {
            if (await ReceiveAsync(http, path, cancel) is not { } digest)
                return await RejectAsync(job, $"has more than {ResultCheck.MaxBytes / 1_000_000} MB");
            if (!CryptographicOperations.FixedTimeEquals(digest, due)) return new VideoDelivery.Damaged();
            if (await ResultCheck.FindFaultAsync(path, catalog.Find(job.Model)?.Family.Kind, job.Plan, cancel) is { } fault)
                return await RejectAsync(job, fault);
            return new VideoDelivery.Ended(await CompleteAsync(job, path), null);
        }
        finally
        {
            File.Delete(path);
        }
    }

    /// <summary>Not cancelled when the worker disconnects, because the video has arrived.</summary>
    private async Task<bool> CompleteAsync(Job job, string path)
    {
        var key = OutputKey.OfDelivery(job.Account, job.Id, job.Fence, job.Model);
        var stored = await files.PutAsync(key, path, "video/mp4", CancellationToken.None);
        if (await leases.FinishAsync(job.Id, job.Fence, new RunOutcome.Done(key, stored.Bytes), CancellationToken.None))
            return true;

        await files.DeleteAsync(key, CancellationToken.None);
        // The same worker may have sent it twice at once.
        return await jobStore.FindAsync(job.Id, CancellationToken.None) is { State: JobState.Completed } ended
            && ended.Fence == job.Fence;
    }

    /// <summary>
    /// A fault of the worker's engine, not an attempt of the customer's job, until the engine was seen to work for other jobs.
    /// </summary>
    private async Task<VideoDelivery> RejectAsync(Job job, string fault)
    {
        VideoRejected(job.Id, job.Worker!, fault);
        var error = new JobError("bad_video", $"The worker delivered a file that {fault}.");
        return new VideoDelivery.Ended(
            await source.EndAsync(job.Id, job.Fence, new RunOutcome.EngineFault(error), CancellationToken.None), fault);
    }

    /// <summary>The SHA-256 of the received bytes; null if there were too many.</summary>
    private static async Task<byte[]?> ReceiveAsync(HttpContext http, string path, CancellationToken cancel)
    {
        if (http.Request.ContentLength > ResultCheck.MaxBytes) return null;
        // The server's own limit would respond in another format.
        http.Features.Get<IHttpMaxRequestBodySizeFeature>()?.MaxRequestBodySize = null;
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        var buffer = ArrayPool<byte>.Shared.Rent(128 << 10);
        try
        {
            await using var file = new FileStream(
                path, FileMode.CreateNew, FileAccess.Write, FileShare.None, 0, FileOptions.Asynchronous);
            for (int count; (count = await http.Request.Body.ReadAsync(buffer, cancel)) > 0;)
            {
                if (file.Position + count > ResultCheck.MaxBytes) return null;
                hash.AppendData(buffer, 0, count);
                await file.WriteAsync(buffer.AsMemory(0, count), cancel);
            }
            return hash.GetHashAndReset();
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(buffer);
        }
    }

    [LoggerMessage(Level = LogLevel.Warning, Message = "VideoRejected {Job}: {Worker} delivered a file that {Fault}")]
    private partial void VideoRejected(long job, string worker, string fault);
}

/// <summary>The outcome of a delivered video.</summary>
internal abstract record VideoDelivery
{
    private VideoDelivery() { }

    /// <param name="Kept">False: the lease was lost.</param>
    /// <param name="Rejected">Why the file is not the video, which failed the run; null if it is.</param>
    public sealed record Ended(bool Kept, string? Rejected) : VideoDelivery;

    /// <summary>The received bytes differ from the sent ones.</summary>
    public sealed record Damaged : VideoDelivery;

    public sealed record NoDigest : VideoDelivery;

    /// <summary>Other uploads of the same video are in progress.</summary>
    public sealed record TooMany : VideoDelivery;
}
