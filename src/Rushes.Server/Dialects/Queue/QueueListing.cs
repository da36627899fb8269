using System.Globalization;
using Rushes.Accounts;
using Rushes.Catalog;
using Rushes.Files;
using Rushes.Intake;
using Rushes.Jobs;
using Rushes.Retention;
using Rushes.Server.Auth;
using Rushes.Server.Http;
using Rushes.Server.JobResponses;

namespace Rushes.Server.Dialects.Queue;

/// <summary>Lists jobs and returns a job with its runs: of the caller's account, or of all accounts for operators.</summary>
internal sealed class QueueListing(
    ModelCatalog catalog, JobDesk desk, JobIds ids, AccountDirectory accounts, Origin origin, ResultLinks links, IFileStore files,
    KeepRules keep)
{
    public void Map(IEndpointRouteBuilder routes)
    {
        var calls = routes.MapGroup("").WithMetadata(QueueErrors.Access).RequireScope(Scopes.Read);
        calls.MapGet(
            "/jobs",
            (HttpContext http, CancellationToken cancel) => ListAsync(http, http.Caller().Account, named: false, cancel));
        calls.MapGet(
            "/jobs/{id}/history",
            (HttpContext http, string id, CancellationToken cancel) => ShowAsync(http, id, http.Caller().Account, cancel));
    }

    /// <param name="admin">Requires the scope admin.</param>
    public void MapAdmin(IEndpointRouteBuilder admin)
    {
        admin.MapGet("/jobs", ListAllAsync);
        admin.MapGet(
            "/jobs/{id}/history", (HttpContext http, string id, CancellationToken cancel) => ShowAsync(http, id, null, cancel));
    }

    private Task<IResult> ListAllAsync(HttpContext http, string? account, CancellationToken cancel)
    {
        if (string.IsNullOrEmpty(account)) return ListAsync(http, null, named: true, cancel);
        return accounts.Find(account) is { } found
            ? ListAsync(http, found.Id, named: true, cancel)
            : Task.FromResult<IResult>(QueueErrors.BadField("account", $"is \"{account}\", which does not exist"));
    }

    private async Task<IResult> ListAsync(HttpContext http, int? account, bool named, CancellationToken cancel)
    {
        if (QueueFilter.Read(http.Request.Query, catalog, out var wrong) is not { } filter)
            return QueueErrors.BadField(wrong.Field, wrong.Reason);
        var page = await desk.ListAsync(filter with { Account = account }, cancel);
        var listed = new List<QueueListed>(page.Jobs.Count);
        foreach (var job in page.Jobs)
            listed.Add(await ListedAsync(http, job, JobInput.Parse(job.Input).PromptStart, named, cancel));
        return TypedResults.Json(
            new QueueList(listed, page.Next?.ToString(CultureInfo.InvariantCulture)), QueueListWire.Json.QueueList);
    }

    /// <param name="account">The account; null for all accounts.</param>
    private async Task<IResult> ShowAsync(HttpContext http, string id, int? account, CancellationToken cancel)
    {
        if (desk.NumberOf(id) is not { } number) return QueueErrors.BadId(id);
        if (await desk.ReadAsync(number, account, null, cancel) is not { } job) return QueueErrors.UnknownRequest(id);
        var past = await desk.ReadPastRunsAsync(job, cancel);
        var listed = await ListedAsync(http, job, JobInput.Parse(job.Input).Prompt, named: account is null, cancel);
        return TypedResults.Json(
            new QueueHistory(listed, ids.ToUuid(number), job, RunBody.Of(job, past, named: account is null)),
            QueueListWire.Json.QueueHistory);
    }

    private async ValueTask<QueueListed> ListedAsync(
        HttpContext http, Job job, string prompt, bool named, CancellationToken cancel)
    {
        // Jobs that have not ended are read from memory; they can have ended since the database was read.
        var live = job.State.IsFinished ? null : await desk.FindAsync(job.Id, job.Account, null, cancel);
        var view = live ?? JobView.Of(job);
        job = view switch
        {
            JobView.Ended ended => ended.Job,
            JobView.Running running => job with { StartedAt = running.StartedAt },
            _ => job,
        };
        var here = origin.Of(http.Request);
        var url = QueueMap.ResponseUrl(here, job.Model, job.Id.ToString(CultureInfo.InvariantCulture));
        return new QueueListed(
            QueueMap.Status(view, url, files.Bucket, links.ToDraft(view.Draft, here), keep), job, prompt,
            named ? accounts.Find(job.Account)?.Name : null,
            accounts.PlanOf(job.Account).Currency);
    }
}
