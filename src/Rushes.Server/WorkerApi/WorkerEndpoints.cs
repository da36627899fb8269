using System.Security.Cryptography;
using System.Text.Json;
using Microsoft.AspNetCore.Http.HttpResults;
using Rushes.Accounts;
using Rushes.Database;
using Rushes.Files;
using Rushes.Jobs;
using Rushes.Server.Auth;
using Rushes.Server.Dialects;
using Rushes.Work;
using Rushes.Work.Remote;

namespace Rushes.Server.WorkerApi;

/// <summary>The remote workers' protocol: claim (a long poll), heartbeat, complete, end. Files go by signed links, never through here.</summary>
internal sealed class WorkerEndpoints(
    IDatabase database, LocalJobSource source, IFileStore files, KeyRing keys, WorkerRoster roster, Origin origin, WorkOptions options)
{
    /// <summary>Shorter than what proxies on the way allow.</summary>
    private static readonly TimeSpan LongPoll = TimeSpan.FromSeconds(25);

    private static readonly TimeSpan LinkLife = TimeSpan.FromHours(12);

    public void Map(IEndpointRouteBuilder routes)
    {
        routes.MapPost("/worker/claim", ClaimAsync);
        routes.MapPost("/worker/jobs/{id:long}/heartbeat", HeartbeatAsync);
        routes.MapPost("/worker/jobs/{id:long}/complete", CompleteAsync);
        routes.MapPost("/worker/jobs/{id:long}/end", EndAsync);
    }

    private async Task<IResult> ClaimAsync(HttpContext http, CancellationToken cancel)
    {
        if (Refuse(http) is { } refusal) return refusal;
        if (await ReadAsync(http, WorkerJson.Default.WorkerCard, cancel) is not { Name.Length: > 0 and <= 200, Models.Count: > 0 } card)
            return Say(StatusCodes.Status400BadRequest, "The card needs a name and at least one model.");
        // Embedded workers carry this node's name: a remote one must never be taken for one of them at the next start.
        card = card with { Name = "remote:" + card.Name };
        if (roster.Meet(card) is { } unknown)
            return Say(StatusCodes.Status400BadRequest, $"There is no model \"{unknown}\" in this gateway's catalog; start the worker with other --models.");

        using var patience = CancellationTokenSource.CreateLinkedTokenSource(cancel);
        patience.CancelAfter(LongPoll);
        Lease lease;
        try
        {
            lease = await source.ClaimAsync(new ClaimOffer(card.Name, roster.LanesOf(card), card.Models), patience.Token);
        }
        catch (OperationCanceledException)
        {
            return TypedResults.NoContent();
        }
        if (!http.RequestAborted.IsCancellationRequested)
            return TypedResults.Json(AssignmentOf(lease, new Uri(origin.Of(http.Request))), WorkerJson.Default.Assignment);

        // It went away while the claim was committed: the job goes back unharmed.
        await source.EndAsync(lease, new RunOutcome.Returned(), CancellationToken.None);
        return TypedResults.NoContent();
    }

    private async Task<IResult> HeartbeatAsync(HttpContext http, long id, CancellationToken cancel)
    {
        if (Refuse(http) is { } refusal) return refusal;
        if (await ReadAsync(http, WorkerJson.Default.Heartbeat, cancel) is not { } beat) return Say(StatusCodes.Status400BadRequest, "The heartbeat is no JSON of its kind.");
        var progress = new Progress(Math.Max(0, beat.Done), Math.Max(0, beat.Total));
        roster.Hear(beat.Worker, progress, id);
        var answer = await source.RenewAsync(id, beat.Fence, progress, cancel);
        return TypedResults.Json(new HeartbeatAnswer(answer), WorkerJson.Default.HeartbeatAnswer);
    }

    private async Task<IResult> CompleteAsync(HttpContext http, long id, CancellationToken cancel)
    {
        if (Refuse(http) is { } refusal) return refusal;
        if (await ReadAsync(http, WorkerJson.Default.Completion, cancel) is not { } done) return Say(StatusCodes.Status400BadRequest, "The completion is no JSON of its kind.");
        if (await database.FindAsync(id, cancel) is not { } job || job.Fence != done.Fence) return Kept(false);
        // Said again because the first answer was lost on the way.
        if (job.State == JobState.Completed) return Kept(job.ResultKey == done.ResultKey);
        if (job.State != JobState.Running) return Kept(false);
        if (done.ResultKey != LocalJobSource.ResultKey(job.Account, id, job.Fence, job.Model)) return Say(StatusCodes.Status400BadRequest, "The video lies under another key than was assigned.");
        if (!await ArrivedAsync(done, cancel)) return Say(StatusCodes.Status409Conflict, "The upload did not arrive whole; upload it again.");

        roster.Rest(job.Worker!);
        return Kept(await database.FinishAsync(id, done.Fence, new RunOutcome.Done(done.ResultKey, done.Bytes), cancel));
    }

    private async Task<IResult> EndAsync(HttpContext http, long id, CancellationToken cancel)
    {
        if (Refuse(http) is { } refusal) return refusal;
        if (await ReadAsync(http, WorkerJson.Default.Ending, cancel) is not { } ending) return Say(StatusCodes.Status400BadRequest, "The ending is no JSON of its kind.");
        RunOutcome outcome = ending.Outcome switch
        {
            "failed" => new RunOutcome.Failed(new JobError(ending.Code ?? "engine_failed", ending.Message ?? "The engine failed."), ending.Retryable),
            "stopped" => new RunOutcome.Stopped(),
            _ => new RunOutcome.Returned(),
        };
        if (await database.FindAsync(id, cancel) is { Worker: { } worker }) roster.Rest(worker);
        return Kept(await database.FinishAsync(id, ending.Fence, outcome, cancel));
    }

    private Assignment AssignmentOf(Lease lease, Uri reachedBy)
    {
        var input = JobInput.Parse(lease.Job.Input);
        var inputs = JobRun.StoredFiles(input).ToDictionary(
            file => file.Uri.ToString(), file => files.Presign(HttpMethods.Get, file.Uri.Key, LinkLife, reachedBy).AbsoluteUri);
        var key = LocalJobSource.ResultKey(lease);
        return new Assignment(
            lease.Job.Id, lease.Job.Model, lease.Job.Input, lease.Job.Plan, lease.Fence, options.Lease.TotalSeconds,
            inputs, key, files.Presign(HttpMethods.Put, key, LinkLife, reachedBy).AbsoluteUri);
    }

    private async Task<bool> ArrivedAsync(Completion done, CancellationToken cancel)
    {
        await using var content = await files.OpenAsync(done.ResultKey, cancel);
        if (content is null) return false;
        return Convert.ToHexStringLower(await SHA256.HashDataAsync(content, cancel)) == done.Sha256;
    }

    private JsonHttpResult<WorkerError>? Refuse(HttpContext http)
    {
        if (keys.Identify(http.Request.Headers) is not { } caller) return Say(StatusCodes.Status401Unauthorized, "The key is missing or not known.");
        if (!caller.May(Scopes.Worker)) return Say(StatusCodes.Status403Forbidden, "This key does not have the scope worker.");
        var spoken = http.Request.Headers[WorkerProtocol.Header].ToString();
        return spoken == WorkerProtocol.Version
            ? null
            : Say(StatusCodes.Status426UpgradeRequired, $"This gateway speaks worker protocol {WorkerProtocol.Version}, the worker \"{spoken}\"; run the same release of both.");
    }

    private static async Task<T?> ReadAsync<T>(HttpContext http, System.Text.Json.Serialization.Metadata.JsonTypeInfo<T> type, CancellationToken cancel)
        where T : class
    {
        try
        {
            return await http.Request.ReadFromJsonAsync(type, cancel);
        }
        catch (Exception error) when (error is JsonException or InvalidOperationException)
        {
            return null;
        }
    }

    private static JsonHttpResult<EndingAnswer> Kept(bool kept) => TypedResults.Json(new EndingAnswer(kept), WorkerJson.Default.EndingAnswer);

    private static JsonHttpResult<WorkerError> Say(int status, string error) => TypedResults.Json(new WorkerError(error), WorkerJson.Default.WorkerError, statusCode: status);
}
