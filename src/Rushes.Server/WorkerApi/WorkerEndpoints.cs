using System.Security.Cryptography;
using System.Text.Json;
using Microsoft.AspNetCore.Http.HttpResults;
using Rushes.Accounts;
using Rushes.Catalog;
using Rushes.Database;
using Rushes.Engines;
using Rushes.Files;
using Rushes.Jobs;
using Rushes.Server.Auth;
using Rushes.Server.Dialects;
using Rushes.Work;
using Rushes.Work.Remote;

namespace Rushes.Server.WorkerApi;

/// <summary>The remote workers' protocol: claim (a long poll), hello, heartbeat, complete, end. Files go by signed links, never through here.</summary>
internal sealed class WorkerEndpoints(
    ModelCatalog catalog, IDatabase database, LocalJobSource source, IFileStore files, KeyRing keys, WorkerRoster roster, Origin origin, WorkOptions options)
{
    /// <summary>Shorter than what proxies on the way allow.</summary>
    private static readonly TimeSpan LongPoll = TimeSpan.FromSeconds(25);

    private static readonly TimeSpan LinkLife = TimeSpan.FromHours(12);

    /// <summary>Clauses kept of what a worker's engine wants, and letters of each.</summary>
    private const int MostWants = 20, LongestWant = 400;

    public void Map(IEndpointRouteBuilder routes)
    {
        routes.MapPost("/worker/claim", ClaimAsync);
        routes.MapPost("/worker/hello", HelloAsync);
        routes.MapPost("/worker/jobs/{id:long}/heartbeat", HeartbeatAsync);
        routes.MapPost("/worker/jobs/{id:long}/complete", CompleteAsync);
        routes.MapPost("/worker/jobs/{id:long}/end", EndAsync);
    }

    private async Task<IResult> ClaimAsync(HttpContext http, CancellationToken cancel)
    {
        if (Refuse(http) is { } refusal) return refusal;
        var (offer, problem) = await OfferAsync(http, cancel);
        if (problem is not null) return problem;
        if (offer.Models.Count == 0) return Say(StatusCodes.Status400BadRequest, "The card needs at least one model.");

        using var patience = CancellationTokenSource.CreateLinkedTokenSource(cancel);
        patience.CancelAfter(LongPoll);
        Lease lease;
        try
        {
            lease = await source.ClaimAsync(offer, patience.Token);
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

    private async Task<IResult> HelloAsync(HttpContext http, CancellationToken cancel)
    {
        if (Refuse(http) is { } refusal) return refusal;
        var (offer, problem) = await OfferAsync(http, cancel);
        if (problem is not null) return problem;
        await source.TellAsync(offer, cancel);
        return TypedResults.NoContent();
    }

    /// <summary>What the body's card offers, or what is wrong with it.</summary>
    private async Task<(ClaimOffer Offer, IResult? Problem)> OfferAsync(HttpContext http, CancellationToken cancel)
    {
        if (await ReadAsync(http, WorkerJson.Default.WorkerCard, cancel) is not { Name.Length: > 0 and <= 200, Models: not null } card)
            return (null!, Say(StatusCodes.Status400BadRequest, "The card needs a name and models."));
        if (card.Models.FirstOrDefault(id => catalog.Find(id) is null) is { } unknown)
            return (null!, Say(StatusCodes.Status400BadRequest, $"There is no model \"{unknown}\" in this gateway's catalog; start the worker with other --models."));
        var lanes = card.Models.Select(id => catalog.Find(id)!.Lane).Distinct().ToArray();
        return (new ClaimOffer(WorkerRoster.Remote + card.Name, lanes, card.Models)
        {
            EveryModel = catalog.Models.All(model => !lanes.Contains(model.Lane) || card.Models.Contains(model.Id)),
            Engine = card.Engine,
            Loaded = card.Loaded,
            Gpu = card.Gpu is null ? null : new Gpu(card.Gpu, card.GpuMegabytes ?? 0),
            Version = card.Version,
            Wants = [.. (card.Wants ?? []).Take(MostWants).Select(want => want.Length <= LongestWant ? want : want[..LongestWant])],
        }, null);
    }

    private async Task<IResult> HeartbeatAsync(HttpContext http, long id, CancellationToken cancel)
    {
        if (Refuse(http) is { } refusal) return refusal;
        if (await ReadAsync(http, WorkerJson.Default.Heartbeat, cancel) is not { } beat) return Say(StatusCodes.Status400BadRequest, "The heartbeat is no JSON of its kind.");
        var progress = new Progress(Math.Max(0, beat.Done), Math.Max(0, beat.Total), beat.Stage is { Length: > 0 and <= 100 } stage ? stage : null);
        roster.Hear(WorkerRoster.Remote + beat.Worker);
        // What is no picture is not worth refusing a heartbeat for.
        ReadOnlyMemory<byte>? preview = beat.Preview is { } jpeg && LivePreview.MayBe(jpeg) ? jpeg : null;
        var answer = await source.RenewAsync(id, beat.Fence, progress, preview, cancel);
        return TypedResults.Json(new HeartbeatAnswer(answer), WorkerJson.Default.HeartbeatAnswer);
    }

    private async Task<IResult> CompleteAsync(HttpContext http, long id, CancellationToken cancel)
    {
        if (Refuse(http) is { } refusal) return refusal;
        if (await ReadAsync(http, WorkerJson.Default.Completion, cancel) is not { } done) return Say(StatusCodes.Status400BadRequest, "The completion is no JSON of its kind.");
        if (await database.FindAsync(id, cancel) is not { } job) return Kept(false);
        // Said again because the first answer was lost on the way.
        if (job.State == JobState.Completed && job.Fence == done.Fence) return Kept(job.ResultKey == done.ResultKey);
        if (job.State != JobState.Running || job.Fence != done.Fence)
        {
            await ThrowAwayAsync(job, done.Fence, done.Fence, cancel);
            return Kept(false);
        }
        if (done.ResultKey != LocalJobSource.ResultKey(job.Account, id, job.Fence, job.Model)) return Say(StatusCodes.Status400BadRequest, "The video lies under another key than was assigned.");
        if (!await ArrivedAsync(done, cancel)) return Say(StatusCodes.Status409Conflict, "The upload did not arrive whole; upload it again.");

        // Workers that lost the lease and were not heard of again may have got so far.
        await ThrowAwayAsync(job, 1, done.Fence - 1, cancel);
        return Kept(await database.FinishAsync(id, done.Fence, new RunOutcome.Done(done.ResultKey, done.Bytes), cancel));
    }

    /// <summary>Uploads under leases that were lost.</summary>
    private async Task ThrowAwayAsync(Job job, long from, long to, CancellationToken cancel)
    {
        for (var fence = from; fence <= to && fence <= job.Fence; fence++)
            if (LocalJobSource.ResultKey(job.Account, job.Id, fence, job.Model) is var key && key != job.ResultKey) await files.DeleteAsync(key, cancel);
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
            inputs, key, files.Presign(HttpMethods.Put, key, LinkLife, reachedBy).AbsoluteUri,
            catalog.Find(lease.Job.Model) is { } model ? JobRun.LimitFor(model, lease.Job.Plan) : null, lease.Job.Trace);
    }

    private async Task<bool> ArrivedAsync(Completion done, CancellationToken cancel)
    {
        await using var content = await files.OpenAsync(done.ResultKey, cancel);
        if (content is null) return false;
        return Convert.ToHexStringLower(await SHA256.HashDataAsync(content, cancel)) == done.Sha256;
    }

    private JsonHttpResult<WorkerError>? Refuse(HttpContext http)
    {
        if (keys.Identify(http) is not { } caller) return Say(StatusCodes.Status401Unauthorized, "The key is missing or not known.");
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
