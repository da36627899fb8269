using System.Diagnostics;
using System.Runtime.InteropServices;
using System.Text.Json;
using Rushes.Accounts;
using Rushes.Catalog;
using Rushes.Database;
using Rushes.Files;
using Rushes.Jobs;
using Rushes.Media;
using Rushes.Outbound;

namespace Rushes.Intake;

/// <summary>
/// The only way to create jobs: validates a request against the catalog, stores its media and queues the job.
/// </summary>
/// <param name="folder">For downloaded files; emptied at startup.</param>
/// <param name="keyLife">How long idempotency keys are remembered.</param>
public sealed class JobIntake(
    ModelCatalog catalog, AccountDirectory accounts, IJobStore jobStore, ILedger ledger, IAuditLog audit, IFileStore files,
    OutboundHttp outbound, PlanLimits limits, StorageQuota quota,
    Inspector inspector, SafetyCheck safety,
    DraftRule drafts, Forecast forecast, string folder, TimeSpan keyLife, TimeProvider clock)
{
    private const int MaxKeyCharacters = 255;

    private readonly Planner planner = new(catalog.Limits);
    private readonly MediaIntake mediaIntake = new(
        catalog.Limits, limits, inspector, new Fetcher(outbound, clock), files, folder, clock);

    /// <summary>Accepted means stored on disk; rejected means that nothing was stored or queued.</summary>
    public async Task<SubmitResult> SubmitAsync(JobRequest request, CancellationToken cancel)
    {
        using var span = JobTrace.Step("submit", ActivityKind.Producer)?
            .SetTag("rushes.account.id", request.Account).SetTag(
                "rushes.model", request.Model.Id).SetTag("rushes.dialect", request.Dialect);
        var result = await TakeInAsync(request, cancel);
        if (result is SubmitResult.Accepted accepted) span?.SetTag("rushes.job.id", accepted.Id);
        else if (result is SubmitResult.Rejected { Problem: var problem })
            span?.SetTag("rushes.refused", problem.Code ?? JsonNamingPolicy.SnakeCaseLower.ConvertName($"{problem.Kind}"));
        return result;
    }

    private async Task<SubmitResult> TakeInAsync(JobRequest request, CancellationToken cancel)
    {
        var fields = Fields(request);
        if (Check(request, fields) is { } problem) return await RejectAsync(problem, cancel);

        var idempotency = Idempotency(request);
        if (idempotency is not null && await jobStore.FindIdempotentAsync(request.Account, idempotency, cancel) is { } before)
            return Answer(before);

        // From here on a request costs work: name lookups, downloads, inspection of its media.
        if (limits.CountJob(request.Account) is { } tooMany) return new SubmitResult.Rejected(tooMany);
        if (safety.Read(request, fields) is { } unsafeText) return await RejectAsync(unsafeText, cancel);
        if (await quota.CheckAsync(request.Account, 0, cancel) is { } storageFull) return new SubmitResult.Rejected(storageFull);
        if (await CheckCallbackAsync(request.Callback, cancel) is { } unreachable) return new SubmitResult.Rejected(unreachable);

        using var media = await mediaIntake.GatherAsync(request, fields, cancel);
        var planned = await PlanAsync(request, fields, media, cancel);
        if (planned is not Planned.Ready ready) return await RejectAsync(((Planned.Rejected)planned).Problem, cancel);

        var (taken, full) = limits.Enter(request.Account);
        using var place = taken;
        if (full is not null) return new SubmitResult.Rejected(full);

        var terms = accounts.PlanOf(request.Account);
        var price = terms.Charging ? ready.Cost : 0;
        if (price > 0 && await ledger.ReadBalanceAsync(request.Account, cancel) is var balance && balance.Credit < price)
            return new SubmitResult.Rejected(NoCredit(price, balance.Credit, terms));

        // Almost nothing can be rejected any more: the media are stored now, and then the job.
        var (draft, approveBy) = drafts.Of(request);
        var set = media.All.Count > 0 ? InputKey.NewSet() : null;
        var stored = await mediaIntake.StoreAsync(request.Account, set, media, cancel);
        var now = clock.GetUtcNow();
        var job = new NewJob
        {
            Account = request.Account,
            Model = request.Model.Id,
            Lane = request.Model.Lane,
            Tier = request.Model.Tier.Rank,
            Priority = Priority(request, fields),
            Input = InputWriter.Write(fields, stored, Seed(fields), withDefaults: request.Parameters is not null),
            InputSet = set,
            Plan = price > 0 ? ready.Plan : ready.Plan with { PaidUpscale = false },
            Work = ready.Work,
            Binary = request.Binary,
            Dialect = request.Dialect,
            Echo = request.Echo?.Invoke(stored),
            WebhookUrl = request.Callback?.Url ?? DefaultWebhook(request),
            WebhookEvents = request.Callback?.Events ?? WebhookEvents.End,
            StartBy = request.StartBy,
            Deadline = now + request.Timeout?.Value,
            Draft = draft,
            ApproveBy = approveBy,
            Price = price,
            MaxStoredBytes = quota.LimitOf(request.Account),
            QueueLimit = limits.QueueLimitOf(request.Account),
            Idempotency = idempotency,
            Weight = limits.WeightOf(request.Account),
            Trace = JobTrace.Here,
            CreatedAt = now,
        };
        var outcome = await CommitAsync(job, cancel);
        if (outcome is not SubmitOutcome.Created) await DeleteAsync(stored, cancel);
        return outcome switch
        {
            SubmitOutcome.NoCredit spent => new SubmitResult.Rejected(NoCredit(spent.Needed, spent.Available, terms)),
            SubmitOutcome.StorageFull storage => new SubmitResult.Rejected(quota.Full(request.Account, storage.Stored)),
            _ => Answer(outcome, job),
        };
    }

    private async Task<SubmitOutcome> CommitAsync(NewJob job, CancellationToken cancel)
    {
        using var step = JobTrace.Step("commit");
        return await jobStore.SubmitAsync(job, cancel);
    }

    /// <summary>
    /// What would happen to a request: it is rejected as by <see cref="SubmitAsync"/>, and nothing is stored. An
    /// Idempotency-Key is ignored.
    /// </summary>
    public async Task<DryRunResult> DryRunAsync(JobRequest request, CancellationToken cancel)
    {
        var fields = Fields(request);
        if (Check(request, fields) is { } problem) return new DryRunResult.Rejected(problem);
        if (limits.CountDryRun(request.Account) is { } tooMany) return new DryRunResult.Rejected(tooMany);
        if (safety.Read(request, fields) is { } unsafeText) return new DryRunResult.Rejected(unsafeText);
        if (await quota.CheckAsync(request.Account, 0, cancel) is { } storageFull) return new DryRunResult.Rejected(storageFull);
        if (await CheckCallbackAsync(request.Callback, cancel) is { } unreachable) return new DryRunResult.Rejected(unreachable);

        using var media = await mediaIntake.GatherAsync(request, fields, cancel);
        var planned = await PlanAsync(request, fields, media, cancel);
        if (planned is not Planned.Ready ready) return new DryRunResult.Rejected(((Planned.Rejected)planned).Problem);

        var terms = accounts.PlanOf(request.Account);
        return new DryRunResult.Ready(new DryRun
        {
            Model = request.Model,
            Input = InputWriter.Describe(fields, media.All),
            Plan = ready.Plan,
            Upscaler = ready.Plan.IsEnlarged ? UpscalerUsed(request.Model, ready.Plan) : null,
            Price = ready.Cost > 0 ? new DryRunPrice(Money.Units(ready.Cost), terms.Currency, terms.Charging) : null,
            Outlook = forecast.Of(request.Model, Priority(request, fields), ready.Plan.Render, ready.Work),
        });
    }

    /// <summary>The credit of an account in millionths of the currency unit; null if its plan is free.</summary>
    public async Task<long?> ReadCreditAsync(int account, CancellationToken cancel) =>
        accounts.PlanOf(account).Charging ? (await ledger.ReadBalanceAsync(account, cancel)).Credit : null;

    private static RequestFields Fields(JobRequest request) =>
        new(request.Fields, request.Parameters ?? request.Model.Family.Parameters, request.Model.Family.Parameters);

    /// <summary>The checks that need no lookup.</summary>
    private Problem? Check(JobRequest request, RequestFields fields) =>
        CheckKey(request.IdempotencyKey)
            ?? request.Timeout?.Check()
            ?? limits.CheckModel(request.Account, request.Model)
            ?? limits.CheckAvailable(request.Account, request.Model)
            ?? fields.Check(request.Model.Id)
            ?? CheckForwards(request)
            ?? DraftRule.Check(request);

    private static Problem? CheckForwards(JobRequest request) => Forwards.Of(request.Fields) is > Forwards.MaxGateways
        ? new Problem(ProblemKind.BadField, Forwards.Loop, Forwards.Field) { Code = Forwards.LoopCode }
        : null;

    private static Problem? CheckKey(string? key) => key?.Length > MaxKeyCharacters
        ? Problem.BadField("Idempotency-Key", $"has {key.Length} characters; at most {MaxKeyCharacters} are allowed")
        : null;

    /// <summary>The render plan, which depends on the media, or why the request is rejected.</summary>
    private async Task<Planned> PlanAsync(JobRequest request, RequestFields fields, GatheredMedia media, CancellationToken cancel)
    {
        if (media.Problem is { } bad) return new Planned.Rejected(bad);
        // About what the job will count; its commit checks it exactly.
        var bytes = media.StoredBytes + NewJob.RowBytes + JsonMarshal.GetRawUtf8Value(request.Fields).Length;
        if (await quota.CheckAsync(request.Account, bytes, cancel) is { } full) return new Planned.Rejected(full);
        var planned = planner.Plan(request.Model.Family, fields, media.Facts(), UpscalerOf(request.Model));
        if (planned is not Planned.Ready ready) return planned;
        if (limits.CheckVideo(request.Account, request.Model.Family, ready.Plan.Delivery, ready.Seconds) is { } tooMuch)
            return new Planned.Rejected(tooMuch);
        return await safety.AskAsync(request, fields, media, cancel) is { } problem ? new Planned.Rejected(problem) : planned;
    }

    /// <summary>The upscaler of the model, if a worker can use it after the model now.</summary>
    private Family? UpscalerOf(Model model) => model.Family.Upscaler is { Model: var id } && forecast.Enlarges(model)
        ? catalog.Find(id)?.Family
        : null;

    private string UpscalerUsed(Model model, RenderPlan plan) =>
        UpscalerOf(model) is { } upscaler && plan.Suits(upscaler) ? model.Family.Upscaler!.Model : DryRun.Ffmpeg;

    private async Task DeleteAsync(Dictionary<string, FileUri> stored, CancellationToken cancel)
    {
        foreach (var unused in stored.Values.Distinct()) await files.DeleteAsync(unused.Key, cancel);
    }

    private static int Priority(JobRequest request, RequestFields fields) =>
        request.Priority ?? (int)(fields.Number("priority") ?? 0);

    private static Problem NoCredit(long needed, long available, Plan plan) => new(
        ProblemKind.NoCredit,
        $"This costs {Money.Text(needed)} {plan.Currency} and {Money.Text(available)} are left; add credit to the account.");

    /// <summary>Records a rejection by the safety checker before the response.</summary>
    private async ValueTask<SubmitResult> RejectAsync(Problem problem, CancellationToken cancel)
    {
        if (problem.Unsafe is { } rejection)
            await audit.AppendAuditAsync(
                new AuditEntry(AuditEntry.System, "content refused", $"account {rejection.Account}", Detail.Of(
                ("model", rejection.Model), ("field", rejection.Field), ("category", rejection.Category),
                ("by", rejection.ByEndpoint ? "endpoint" : "list"))), cancel);
        return new SubmitResult.Rejected(problem);
    }

    private SubmitResult Answer(SubmitOutcome outcome, NewJob? job = null) => outcome switch
    {
        SubmitOutcome.Created created => new SubmitResult.Accepted(created.Id, job),
        SubmitOutcome.Replayed replayed => new SubmitResult.Accepted(replayed.Id),
        SubmitOutcome.QueueFull => new SubmitResult.Rejected(limits.QueueFull(job!.Account, job.QueueLimit!)),
        _ => new SubmitResult.Rejected(new Problem(
            ProblemKind.KeyReused,
            $"This Idempotency-Key was used for another request in the last {keyLife.TotalHours:0} hours; send a new one.")),
    };

    private async Task<Problem?> CheckCallbackAsync(Callback? callback, CancellationToken cancel)
    {
        if (callback is null) return null;
        return await outbound.CheckAsync(callback.Url, cancel) is { } rejected
            ? new Problem(ProblemKind.BadField, $"{callback.Field}: {rejected.Reason}", callback.Field)
            : null;
    }

    /// <summary>Checked when it was set, and again for each connection.</summary>
    private string? DefaultWebhook(JobRequest request) =>
        request.UsesAccountWebhook ? accounts.Find(request.Account)?.WebhookUrl : null;

    private IdempotencyKey? Idempotency(JobRequest request) => request.IdempotencyKey is { } key
        ? new IdempotencyKey(key, RequestHash.Of(request)) { Life = keyLife }
        : null;

    private static long Seed(RequestFields fields) =>
        fields.Number("seed") is { } seed and >= 0 ? (long)seed : Random.Shared.Next();
}
