using System.CommandLine;
using Rushes.Client;

namespace Rushes.Cli;

/// <summary>A run of <c>rushes generate</c>.</summary>
internal sealed class Generation(ParseResult parsed, string kind)
{
    public async Task<int> RunAsync(VideoRequest request)
    {
        OutputFile.Check(parsed.GetValue(GenerateOptions.Output));
        using var interrupts = new Interrupts();
        var client = Connection.ClientOf(parsed);
        if (parsed.GetValue(GenerateOptions.DryRun))
        {
            var estimate = await client.EstimateAsync(request, interrupts.Next);
            return Show.Fact(parsed, Words(estimate), estimate);
        }

        Job job;
        try
        {
            job = await client.SubmitAsync(request, parsed.GetValue(GenerateOptions.IdempotencyKey), interrupts.Next);
        }
        catch (OperationCanceledException) when (interrupts.Next.IsCancellationRequested)
        {
            return Exits.Interrupted;
        }
        if (parsed.GetValue(GenerateOptions.Detach))
            return Show.Fact(parsed, job.Id, new { request_id = job.Id, model = job.Model });

        // From here on the gateway can be restarted, so calls are retried for longer.
        var live = new Live(job, parsed.GetValue(Show.Json));
        var follower = Connection.ClientOf(parsed, TimeSpan.FromMinutes(10), live.ShowConnection);
        var path = parsed.GetValue(GenerateOptions.Output) ?? $"{kind}-{job.Id}.mp4";
        var status = await new Follow(follower, job, live, interrupts).ToEndAsync();
        if (status is null) return Exits.Interrupted;
        return await EndAsync(parsed, follower, job, status, path, interrupts.Next);
    }

    /// <summary>Such as <c>832x480, 5 s; price 0.50 EUR; 2 jobs ahead; ready in about 1:30</c>.</summary>
    private static string Words(Estimate estimate)
    {
        var video = estimate.Video;
        var price = estimate.Price switch
        {
            null => "no price",
            { Charged: true } => $"price {estimate.Price.Amount} {estimate.Price.Currency}",
            _ => $"nothing is charged (other plans pay {estimate.Price.Amount} {estimate.Price.Currency})",
        };
        var ahead = estimate.QueuePosition == 1 ? "1 job ahead" : $"{estimate.QueuePosition} jobs ahead";
        var ready = estimate.EtaSeconds is { } seconds
            ? $"ready in about {JobRows.Clock(seconds)}"
            : "no worker can run this model now";
        return FormattableString.Invariant(
            $"{video.Width}x{video.Height}, {video.Seconds:0.##} s; {price}; {ahead}; {ready}");
    }

    /// <summary>Saves the video, or reports why there is none.</summary>
    public static async Task<int> EndAsync(
        ParseResult parsed, RushesClient client, Job job, JobStatus status, string path, CancellationToken cancel)
    {
        switch (status.State)
        {
            case JobState.Failed:
                throw new CliException($"Job {job.Id} failed: {status.Error}") { Code = status.ErrorCode ?? "failed" };
            case JobState.Cancelled:
                throw new CliException($"Job {job.Id} was cancelled.") { Exit = Exits.Cancelled, Code = "cancelled" };
        }
        await Follow.SaveAsync(await client.ResultAsync(job, cancel), path, cancel);
        if (path == "-") return Exits.Done;
        return Show.Fact(
            parsed, path,
            new { request_id = job.Id, model = job.Model, status = "COMPLETED", file = path, bytes = new FileInfo(path).Length });
    }
}
