using Rushes.Client;

namespace Rushes.Cli;

/// <summary>Follows a job to its end, as long as the person who waits for it wants to.</summary>
internal sealed class Follow(RushesClient client, Job job, Live live, Interrupts interrupts)
{
    /// <summary>The last status; null when the job was left running.</summary>
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
                    case Wish.Leave:
                        await Console.Error.WriteLineAsync($"Job {job.Id} goes on; rushes status {job.Id} --watch follows it again.");
                        return null;
                    case Wish.Cancel:
                        // How that ends, the status says.
                        await client.CancelAsync(job, force: true, CancellationToken.None);
                        break;
                }
            }
        }
    }

    /// <summary>Saves a completed job's video, to <c>-</c> on the standard output.</summary>
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
