using Microsoft.Extensions.Logging;
using Rushes.Jobs;

namespace Rushes.Work;

/// <summary>
/// Checks the free disk space for a slot's files. On a full disk every job would fail, so a slot without space claims none;
/// nor does it for a while after a job has filled the disk, because the next job may need as much.
/// </summary>
internal sealed class FreeSpace(string worker, string folder, WorkOptions options, TimeProvider clock, ILogger log)
{
    private const int Megabyte = 1 << 20;

    private long? filled;

    public bool IsShort => Free < options.MinFreeBytes;

    /// <summary>Of the folder, or of the nearest parent that exists.</summary>
    private long Free
    {
        get
        {
            var there = Path.GetFullPath(folder);
            while (!Directory.Exists(there)) there = Path.GetDirectoryName(there)!;
            return new DriveInfo(there).AvailableFreeSpace;
        }
    }

    public IReadOnlyList<string> Wants =>
        IsShort
            ? [$"its disk is full: {Free / Megabyte} MB are free for {folder}, "
                + $"and a job needs {options.MinFreeBytes / Megabyte} MB"]
            : [];

    /// <summary>Waits until there is enough space for a job.</summary>
    public async Task ReadyAsync(CancellationToken cancel)
    {
        while (filled is { } then && clock.GetElapsedTime(then) < options.FullDiskPause)
            await Task.Delay(options.FullDiskPause - clock.GetElapsedTime(then), clock, cancel);
        filled = null;
        if (!IsShort) return;
        log.WorkerDiskFull(worker, Free / Megabyte, folder, options.MinFreeBytes / Megabyte);
        while (IsShort) await Task.Delay(options.FreeSpaceInterval, clock, cancel);
        log.WorkerHasRoom(worker, Free / Megabyte, folder);
    }

    /// <summary>
    /// The error if a run failed because the disk is full, whatever the engine reported. Call it before the run's files are
    /// deleted.
    /// </summary>
    public JobError? Reason(long job, JobError said)
    {
        if (!IsShort) return null;
        filled = clock.GetTimestamp();
        log.JobFilledDisk(job, worker, Free / Megabyte, folder, said.Code, options.FullDiskPause.TotalSeconds);
        return new JobError("worker_disk_full", "The disk of the worker that ran it is full; the job is tried again elsewhere.");
    }
}
