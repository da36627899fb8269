using System.CommandLine;
using Rushes.Client;

namespace Rushes.Cli;

/// <summary><c>rushes status</c>, <c>result</c>, <c>cancel</c> and <c>approve</c>: a job by its id.</summary>
internal static class JobCommands
{
    public static Command Status()
    {
        var id = Id();
        var watch = new Option<bool>("--watch", "-w") { Description = "Follow it to its end." };
        var command = new Command("status", "Where a job stands.") { id, watch, Show.Json }.Teach("rushes status 12", "rushes status 12 --watch", "rushes status 12 --json | jq -r .status");
        command.SetAction((parsed, cancel) => parsed.GetValue(watch) ? WatchAsync(parsed, parsed.GetValue(id)!) : ShowAsync(parsed, parsed.GetValue(id)!, cancel));
        return Reach.Reachable(command);
    }

    public static Command Result()
    {
        var id = Id();
        var output = new Option<string?>("--output", "-o") { Description = "The file; - writes to the standard output. Default such as video-12.mp4.", HelpName = "FILE" };
        var link = new Option<bool>("--link") { Description = "Print a link that needs no key and lives an hour, and save nothing." };
        var command = new Command("result", "Save a job's video.") { id, output, link, Show.Json }.Teach("rushes result 12 -o cat.mp4", "rushes result 12 -o - | ffplay -");
        command.SetAction(async (parsed, cancel) =>
        {
            var client = Reach.ClientOf(parsed, TimeSpan.FromMinutes(2));
            var job = await client.FindAsync(parsed.GetValue(id)!, cancel);
            if (!parsed.GetValue(link))
                return await Generation.EndAsync(parsed, client, job, await EndedAsync(client, job, cancel), parsed.GetValue(output) ?? $"video-{job.Id}.mp4", cancel);
            var video = await client.ResultAsync(job, cancel);
            return Show.Fact(parsed, video.Link.AbsoluteUri, new { request_id = job.Id, model = job.Model, link = video.Link });
        });
        return Reach.Reachable(command);
    }

    public static Command Cancel()
    {
        var id = Id();
        var force = new Option<bool>("--force", "-f") { Description = "Stop it also when it runs." };
        var command = new Command("cancel", "Call a job off.") { id, force, Show.Json }.Teach("rushes cancel 12", "rushes cancel 12 --force");
        command.SetAction(async (parsed, cancel) =>
        {
            var client = Reach.ClientOf(parsed);
            var job = await client.FindAsync(parsed.GetValue(id)!, cancel);
            if (await client.CancelAsync(job, parsed.GetValue(force), cancel)) return Show.Fact(parsed, $"Job {job.Id} is cancelled.", new { request_id = job.Id, cancelled = true });
            throw new CliException($"Job {job.Id} {((await client.StatusAsync(job, cancel)).IsFinished ? "has ended" : "runs; --force stops it")}.") { Code = "not_cancelled" };
        });
        return Reach.Reachable(command);
    }

    public static Command Approve()
    {
        var id = Id();
        var command = new Command("approve", "Let a job whose draft was looked at enter the queue.") { id, Show.Json }.Teach("rushes approve 12 && rushes status 12 --watch");
        command.SetAction(async (parsed, cancel) =>
        {
            var client = Reach.ClientOf(parsed);
            var job = await client.FindAsync(parsed.GetValue(id)!, cancel);
            await client.ApproveAsync(job, cancel);
            return Show.Fact(parsed, $"Job {job.Id} is in the queue.", new { request_id = job.Id, approved = true });
        });
        return Reach.Reachable(command);
    }

    private static Argument<string> Id() => new("id") { Description = "The job's id: the number, or what another dialect calls it." };

    private static async Task<int> ShowAsync(ParseResult parsed, string id, CancellationToken cancel)
    {
        var client = Reach.ClientOf(parsed);
        var job = await client.FindAsync(id, cancel);
        var status = await client.StatusAsync(job, cancel);
        return Show.Fact(parsed, $"job {job.Id} ({job.Model}): {Live.Words(status)}", Body(job, status));
    }

    private static async Task<int> WatchAsync(ParseResult parsed, string id)
    {
        using var interrupts = new Interrupts();
        var job = await Reach.ClientOf(parsed).FindAsync(id, interrupts.Next);
        var json = parsed.GetValue(Show.Json);
        var follow = new Follow(Reach.ClientOf(parsed, TimeSpan.FromMinutes(10)), job, new Live(job, json), interrupts);
        var status = await follow.ToEndAsync(json ? status => Show.Line(Body(job, status)) : null);
        if (status is null) return Exits.Left;
        if (!json) Console.WriteLine($"job {job.Id} ({job.Model}): {Live.Words(status)}");
        return status.State switch { JobState.Completed => Exits.Done, JobState.Cancelled => Exits.Cancelled, _ => Exits.Refused };
    }

    /// <summary>One that has not ended has no video: the gateway says so best.</summary>
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
    };
}
