using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using Rushes.Catalog;
using Rushes.Database;
using Rushes.Files;
using Rushes.Jobs;
using Rushes.Outbound;

namespace Rushes.Intake;

/// <summary>The dialects' only door to new jobs: holds a request against the catalog, stores its media, and queues it.</summary>
/// <param name="folder">For files being fetched; emptied at start.</param>
public sealed class JobIntake(ModelCatalog catalog, IDatabase database, IFileStore files, OutboundHttp outbound, string folder, TimeProvider clock, PlanLimits limits)
{
    private readonly Planner planner = new(catalog.Limits);
    private readonly MediaIntake mediaIntake = new(catalog.Limits, new Fetcher(outbound, clock), files, folder, clock);

    /// <summary>Accepted means on disk; refused means that nothing was stored or queued.</summary>
    public async Task<SubmitResult> SubmitAsync(JobRequest request, CancellationToken cancel)
    {
        if (limits.CheckModel(request.Account, request.Model) is { } refused) return new SubmitResult.Refused(refused);
        var fields = new RequestFields(request.Fields, request.Parameters ?? request.Model.Family.Parameters);
        if (fields.Check(request.Model.Id) is { } problem) return new SubmitResult.Refused(problem);

        var idempotency = Idempotency(request);
        if (idempotency is not null && await database.FindIdempotentAsync(request.Account, idempotency, cancel) is { } before) return Answer(before);

        // From here on a request costs something: its addresses are looked up, its links fetched, its media looked at.
        if (limits.CountJob(request.Account) is { } tooMany) return new SubmitResult.Refused(tooMany);
        if (await CheckCallbackAsync(request.Callback, cancel) is { } unreachable) return new SubmitResult.Refused(unreachable);

        using var media = await mediaIntake.GatherAsync(request, fields, cancel);
        if ((media.Problem ?? limits.CheckMedia(request.Account, media)) is { } bad) return new SubmitResult.Refused(bad);
        var planned = planner.Plan(request.Model.Family, fields, media.Facts());
        if (planned is not Planned.Ready ready) return new SubmitResult.Refused(((Planned.Refused)planned).Problem);

        if (limits.CheckVideo(request.Account, ready.Plan.Delivery) is { } tooMuch) return new SubmitResult.Refused(tooMuch);
        var (taken, full) = limits.Enter(request.Account);
        using var place = taken;
        if (full is not null) return new SubmitResult.Refused(full);

        // Nothing can be refused any more: now the media are stored, and then the job.
        var stored = await mediaIntake.StoreAsync(request.Account, media, cancel);
        var outcome = await database.SubmitAsync(new NewJob
        {
            Account = request.Account,
            Model = request.Model.Id,
            Lane = request.Model.Lane,
            Tier = request.Model.Tier.Rank,
            Priority = request.Priority ?? (int)(fields.Number("priority") ?? 0),
            Input = InputWriter.Write(fields, stored, Seed(fields)),
            Plan = ready.Plan,
            Work = ready.Work,
            Binary = request.Binary,
            Dialect = request.Dialect,
            Echo = request.Echo,
            WebhookUrl = request.Callback?.Url,
            StartBy = request.StartBy,
            Idempotency = idempotency,
            Weight = limits.WeightOf(request.Account),
            CreatedAt = clock.GetUtcNow(),
        }, cancel);
        if (outcome is not SubmitOutcome.Created)
            foreach (var unused in stored.Values) await files.DeleteAsync(unused.Key, cancel);
        return Answer(outcome);
    }

    private static SubmitResult Answer(SubmitOutcome outcome) => outcome switch
    {
        SubmitOutcome.Created created => new SubmitResult.Accepted(created.Id),
        SubmitOutcome.Replayed replayed => new SubmitResult.Accepted(replayed.Id),
        _ => new SubmitResult.Refused(new Problem(
            ProblemKind.KeyReused, "This Idempotency-Key was used for another request in the last 24 hours; send a new one.")),
    };

    private async Task<Problem?> CheckCallbackAsync(Callback? callback, CancellationToken cancel)
    {
        if (callback is null) return null;
        if (!OutboundUrl.TryParse(callback.Url, out var url, out var refused)) return new Problem(ProblemKind.BadField, $"{callback.Field}: {refused.Reason}", callback.Field);
        return await outbound.CheckAsync(url, cancel) is { } unreachable
            ? new Problem(ProblemKind.BadField, $"{callback.Field}: {unreachable.Reason}", callback.Field)
            : null;
    }

    /// <summary>The same request is the same model and fields; media count by their content.</summary>
    private static IdempotencyKey? Idempotency(JobRequest request)
    {
        if (request.IdempotencyKey is not { } key) return null;
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        hash.AppendData(Encoding.UTF8.GetBytes($"{request.Dialect} {request.Model.Id} {request.Binary}\n"));
        foreach (var field in request.Fields.EnumerateObject())
        {
            hash.AppendData(Encoding.UTF8.GetBytes(field.Name));
            var sent = field.Value.ValueKind == JsonValueKind.String ? request.Media.FirstOrDefault(medium => field.Value.ValueEquals(medium.Token)) : null;
            hash.AppendData(sent?.Sha256 ?? Encoding.UTF8.GetBytes(field.Value.GetRawText()));
        }
        return new IdempotencyKey(key, hash.GetHashAndReset());
    }

    private static long Seed(RequestFields fields) => fields.Number("seed") is { } seed and >= 0 ? (long)seed : Random.Shared.Next();
}
