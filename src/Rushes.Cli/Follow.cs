using Rushes.Client;

namespace Rushes.Cli;

/// <summary>Follows a job until it ends or the user detaches.</summary>
internal sealed class Follow(RushesClient client, Job job, Live live, Interrupts interrupts)
{
    /// <returns>The last status; null if the user detached and the job keeps running.</returns>
    public async Task<JobStatus?> ToEndAsync(Action<JobStatus>? seen = null)
    {
        while (true)
        {
            var stop = interrupts.Next;
            try
            {
                return await live.FollowAsync(client.WatchAsync(job, stop), seen, stop);
            }
            catch (OperationCanceledException) when (stop.IsCancellationRequested)
            {
                switch (await interrupts.AskAsync(job.Id))
                {
                    case InterruptChoice.Detach:
                        await Console.Error.WriteLineAsync(
                            $"Job {job.Id} keeps running. Follow it again with: rushes status {job.Id} --watch");
                        return null;
                    case InterruptChoice.Cancel:
                        // The next status shows the outcome.
                        await client.CancelAsync(job, force: true, CancellationToken.None);
                        break;
                }
            }
        }
    }

    /// <summary>Saves a completed job's video; <c>-</c> is standard output.</summary>
    public static async Task SaveAsync(Video video, string path, CancellationToken cancel)
    {
        if (path != "-")
        {
            await video.SaveAsync(path, cancel);
            return;
        }
        await using var source = await video.OpenAsync(cancel);
        await using var output = Console.OpenStandardOutput();
        await source.CopyToAsync(output, cancel);
    }
}
