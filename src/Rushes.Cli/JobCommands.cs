using System.CommandLine;
using Rushes.Client;

namespace Rushes.Cli;

/// <summary><c>rushes status</c>, <c>result</c>, <c>cancel</c>, <c>approve</c> and <c>delete</c>.</summary>
internal static class JobCommands
{
    public static Command Status()
    {
        var id = Id();
        var watch = new Option<bool>("--watch", "-w") { Description = "Follow the job until it ends." };
        var command = new Command("status", "Show a job's status.") { id, watch, Show.Json }.WithExamples(
            "rushes status 12", "rushes status 12 --watch", "rushes status 12 --json | jq -r .status");
        command.SetAction(
            (parsed, cancel) => parsed.GetValue(watch) ? WatchAsync(
                parsed, parsed.GetValue(id)!) : ShowAsync(parsed, parsed.GetValue(id)!, cancel));
        return Connection.WithConnection(command);
    }

    public static Command Result()
    {
        var id = Id();
        var output = new Option<string?>("--output", "-o")
            { Description = "The file to write; - is standard output. Default: a name such as video-12.mp4.", HelpName = "FILE" };
        var link = new Option<bool>("--link")
        {
            Description = "Print a download URL that needs no key and is valid for one hour, instead of saving the video.",
        };
        var command = new Command("result", "Save a job's video.") { id, output, link, Show.Json }.WithExamples(
            "rushes result 12 -o cat.mp4", "rushes result 12 -o - | ffplay -");
        command.SetAction(async (parsed, cancel) =>
        {
            OutputFile.Check(parsed.GetValue(output));
            var client = Connection.ClientOf(parsed, TimeSpan.FromMinutes(2));
            var job = await client.FindAsync(parsed.GetValue(id)!, cancel);
            if (!parsed.GetValue(link))
                return await Generation.EndAsync(
                    parsed, client, job, await EndedAsync(client, job, cancel), parsed.GetValue(output) ?? $"video-{job.Id}.mp4",
                    cancel);
            var video = await client.ResultAsync(job, cancel);
            return Show.Fact(parsed, video.Url.AbsoluteUri, new { request_id = job.Id, model = job.Model, link = video.Url });
        });
        return Connection.WithConnection(command);
    }

    public static Command Cancel()
    {
        var id = Id();
        var force = new Option<bool>("--force", "-f") { Description = "Also stop a running job." };
        var command = new Command("cancel", "Cancel a job.") { id, force, Show.Json }.WithExamples(
            "rushes cancel 12", "rushes cancel 12 --force");
        command.SetAction(async (parsed, cancel) =>
        {
            var client = Connection.ClientOf(parsed);
            var job = await client.FindAsync(parsed.GetValue(id)!, cancel);
            if (await client.CancelAsync(job, parsed.GetValue(force), cancel))
                return Show.Fact(parsed, $"Job {job.Id} was cancelled.", new { request_id = job.Id, cancelled = true });
            throw new CliException(
                (await client.StatusAsync(job, cancel)).IsFinished
                    ? $"Job {job.Id} has ended."
                    : $"Job {job.Id} is running; use --force to stop it.") { Code = "not_cancelled" };
        });
        return Connection.WithConnection(command);
    }

    public static Command Approve()
    {
        var id = Id();
        var command = new Command("approve", "Approve a job's draft, so that the job enters the queue.")
            { id, Show.Json }.WithExamples("rushes approve 12 && rushes status 12 --watch");
        command.SetAction(async (parsed, cancel) =>
        {
            var client = Connection.ClientOf(parsed);
            var job = await client.FindAsync(parsed.GetValue(id)!, cancel);
            await client.ApproveAsync(job, cancel);
            return Show.Fact(parsed, $"Job {job.Id} was approved and is queued.", new { request_id = job.Id, approved = true });
        });
        return Connection.WithConnection(command);
    }

    public static Command Delete()
    {
        var id = Id();
        var command = new Command("delete", "Delete a job and its files; a job that has not ended is cancelled.")
        {
            id, Show.Json,
        }
            .WithExamples("rushes delete 12");
        command.SetAction(async (parsed, cancel) =>
        {
            var client = Connection.ClientOf(parsed);
            var job = await client.FindAsync(parsed.GetValue(id)!, cancel);
            await client.DeleteAsync(job, cancel);
            return Show.Fact(parsed, $"Job {job.Id} was deleted.", new { request_id = job.Id, deleted = true });
        });
        return Connection.WithConnection(command);
    }

    private static Argument<string> Id() =>
        new("id") { Description = "The job's id: its number, or the id that another API returned." };

    private static async Task<int> ShowAsync(ParseResult parsed, string id, CancellationToken cancel)
    {
        var client = Connection.ClientOf(parsed);
        var job = await client.FindAsync(id, cancel);
        var status = await client.StatusAsync(job, cancel);
        return Show.Fact(parsed, $"job {job.Id} ({job.Model}): {Live.Words(status)}", Body(job, status));
    }

    private static async Task<int> WatchAsync(ParseResult parsed, string id)
    {
        using var interrupts = new Interrupts();
        var job = await Connection.ClientOf(parsed).FindAsync(id, interrupts.Next);
        var json = parsed.GetValue(Show.Json);
        var live = new Live(job, json);
        var client = Connection.ClientOf(parsed, TimeSpan.FromMinutes(10), live.ShowConnection);
        var follow = new Follow(client, job, live, interrupts);
        var status = await follow.ToEndAsync(json ? status => Show.Line(Body(job, status)) : null);
        if (status is null) return Exits.Interrupted;
        if (!json) Console.WriteLine($"job {job.Id} ({job.Model}): {Live.Words(status)}");
        return status.State switch { JobState.Completed => Exits.Done, JobState.Cancelled => Exits.Cancelled, _ => Exits.Failed };
    }

    /// <summary>The status of a job that has ended; otherwise the result call throws the gateway's error.</summary>
    private static async Task<JobStatus> EndedAsync(RushesClient client, Job job, CancellationToken cancel)
    {
        var status = await client.StatusAsync(job, cancel);
        if (!status.IsFinished) await client.ResultAsync(job, cancel);
        return status;
    }

    private static object Body(Job job, JobStatus status) => new
    {
        request_id = job.Id,
        model = job.Model,
        status = status.State switch
        {
            JobState.Queued => "IN_QUEUE",
            JobState.AwaitingApproval => "AWAITING_APPROVAL",
            JobState.Running => "IN_PROGRESS",
            JobState.Completed => "COMPLETED",
            JobState.Failed => "FAILED",
            _ => "CANCELLED",
        },
        queue_position = status.QueuePosition,
        eta_seconds = status.Eta?.TotalSeconds,
        tasks_done = status.State == JobState.Running ? status.TasksDone : (int?)null,
        tasks_total = status.State == JobState.Running ? status.TasksTotal : (int?)null,
        error = status.Error,
        error_code = status.ErrorCode,
        draft_url = status.DraftUrl,
        draft_error = status.DraftError,
        result_uri = status.ResultUri,
        expires_at = status.ExpiresAt,
    };
}
