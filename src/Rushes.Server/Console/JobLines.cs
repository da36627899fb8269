using Rushes.Accounts;
using Rushes.Files;
using Rushes.Intake;
using Rushes.Jobs;
using Rushes.Retention;
using Rushes.Server.Auth;
using Rushes.Server.JobResponses;
using Rushes.Work;

namespace Rushes.Server.Console;

/// <summary>Jobs for lists: the stored data, and the current status of jobs that have not ended.</summary>
internal sealed class JobLines(
    JobDesk desk, Backlog backlog, JobIds ids, IFileStore files, ResultLinks links, AccountDirectory accounts,
    KeepRules keep)
{
    /// <summary>As long as a session, so that videos on an open page keep working.</summary>
    public static readonly TimeSpan LinkLife = ConsoleSessions.Life;

    /// <param name="here">The origin that the caller used.</param>
    public async ValueTask<JobLine> OfAsync(Job job, Uri here, CancellationToken cancel)
    {
        var live = job.State.IsFinished ? null : await desk.FindAsync(job.Id, job.Account, null, cancel);
        // The job can have ended since it was read.
        job = (live as JobView.Ended)?.Job ?? job;
        var input = JobInput.Parse(job.Input);
        var video = job.Plan.Delivery;
        return new JobLine
        {
            Id = job.Id,
            Uuid = ids.ToUuid(job.Id),
            Account = new AccountName(job.Account, accounts.Find(job.Account)?.Name ?? ""),
            Model = job.Model,
            Lane = job.Lane,
            State = JobWords.Of(live?.State ?? job.State),
            Dialect = job.Dialect,
            Prompt = input.PromptStart,
            CreatedAt = job.CreatedAt,
            StartedAt = (live as JobView.Running)?.StartedAt ?? job.StartedAt,
            EndedAt = job.EndedAt,
            Deadline = job.State.IsFinished ? null : job.Deadline,
            ExpiresAt = job.ResultKey is null ? null : keep.ExpiryOf(job.EndedAt),
            Video = new VideoBody(
                video.Width, video.Height, video.Frames, Math.Round(video.Rate, 3), Math.Round(video.Seconds, 2)),
            Live = live is null or JobView.Ended ? null : LiveBody.Of(live, links.ToDraft(live.Draft, here.OriginalString)),
            Stopping = backlog.Find(job.Id)?.Run?.StopRequested ?? false,
            Error = JobProblem.Of(job.Error),
            Price = job.Price > 0 ? Money.Units(job.Price) : null,
            Currency = job.Price > 0 ? accounts.PlanOf(job.Account).Currency : null,
            DraftUrl = links.ToDraft(job.Draft, here.OriginalString),
            VideoUrl = job.ResultKey is { } key ? files.Presign(HttpMethods.Get, key, LinkLife, here).AbsoluteUri : null,
            ImageUrl = ImageOf(input) is { } image
                ? files.Presign(HttpMethods.Get, image, LinkLife, here).AbsoluteUri
                : null,
        };
    }

    private static string? ImageOf(JobInput input) => JobRun.StoredFiles(input)
        .Where(file => FileKey.ContentTypeOf(file.Uri.Key).StartsWith("image/", StringComparison.Ordinal)).Select(
            file => file.Uri.Key).FirstOrDefault();
}
