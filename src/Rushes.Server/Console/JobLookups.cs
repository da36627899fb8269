using System.Text.Json;
using Rushes.Accounts;
using Rushes.Database;
using Rushes.Files;
using Rushes.Intake;
using Rushes.Jobs;
using Rushes.Media;
using Rushes.Server.Auth;
using Rushes.Server.Callbacks;
using Rushes.Server.Http;
using Rushes.Server.JobResponses;
using Rushes.Server.Transfers;
using Rushes.Work;

namespace Rushes.Server.Console;

/// <summary>Lists and returns jobs: of the user's account, or of all accounts with the scope admin.</summary>
internal sealed class JobLookups(
    JobDesk desk, JobLines lines, JobIds ids, IFileStore files, ResultLinks links, Origin origin, StatusStream streams,
    AccountDirectory accounts, ResultImageFiles images, RunOutputs outputs,
    IJobLibrary library)
{
    private const int MaxJobs = 200;

    public void Map(IEndpointRouteBuilder read)
    {
        read.MapGet("/jobs", ListAsync);
        read.MapGet("/jobs/{id}", ShowAsync);
        read.MapGet("/jobs/{id}/thumbnail", ThumbnailAsync);
        read.MapGet("/jobs/{id}/stream", StreamAsync).IsStream();
    }

    /// <summary>Finds a job by any form of its id; null if there is none that the caller may see.</summary>
    public static async Task<Job?> FindAsync(JobDesk desk, HttpContext http, string id, CancellationToken cancel)
    {
        var caller = http.Caller();
        return desk.NumberOf(id) is { } number
            ? await desk.ReadAsync(number, caller.May(Scopes.Admin) ? null : caller.Account, null, cancel)
            : null;
    }

    private async Task<IResult> ListAsync(
        HttpContext http, string? state, string? account, string? model, DateTimeOffset? from, DateTimeOffset? until,
        long? before, int? limit, string? words, CancellationToken cancel)
    {
        if (words is { Length: > PromptSearch.MaxLength })
            return ConsoleErrors.BadField("words", $"has more than {PromptSearch.MaxLength} characters");
        if (limit is < 1 or > MaxJobs) return ConsoleErrors.BadField("limit", $"is {limit}; send 1 to {MaxJobs}");
        if (JobWords.StatesOf(state) is not { } states)
            return ConsoleErrors.BadField("state", $"is \"{state}\"; send some of {string.Join(", ", JobWords.States)}");
        var caller = http.Caller();
        var whose = caller.May(Scopes.Admin) ? null : (int?)caller.Account;
        if (whose is null && !string.IsNullOrEmpty(account))
        {
            if (accounts.Find(account) is not { } found)
                return ConsoleErrors.BadField("account", $"is \"{account}\", which does not exist");
            whose = found.Id;
        }

        var filter = new JobFilter
        {
            Account = whose, States = states, Model = string.IsNullOrEmpty(model) ? null : model, From = from, Until = until,
            Before = before, Limit = limit ?? 50,
        };
        var page = PromptSearch.WordsOf(words) is { Count: > 0 } wanted
            ? await desk.SearchAsync(filter, wanted, cancel)
            : await desk.ListAsync(filter, cancel);
        var here = new Uri(origin.Of(http.Request));
        var shown = new List<JobLine>(page.Jobs.Count);
        foreach (var job in page.Jobs) shown.Add(await lines.OfAsync(job, here, cancel));
        return TypedResults.Json(new JobList(shown, page.Next), ConsoleWire.Json.JobList);
    }

    private async Task<IResult> ShowAsync(HttpContext http, string id, CancellationToken cancel)
    {
        if (await FindAsync(desk, http, id, cancel) is not { } job) return ConsoleErrors.NotFound($"job \"{id}\"");
        var here = new Uri(origin.Of(http.Request));
        var line = await lines.OfAsync(job, here, cancel);
        var deliveries = await desk.ReadDeliveriesAsync(job, cancel);
        var pastRuns = await desk.ReadPastRunsAsync(job, cancel);
        using var input = JsonDocument.Parse(job.Input);
        var isOperator = http.Caller().May(Scopes.Admin);
        return TypedResults.Json(
            new JobDetail(
                line, ids.ToHex(job.Id), input.RootElement.Clone(), [.. Media(job, here)],
                RunBody.Of(job, pastRuns, isOperator), job.Attempts, job.Interruptions,
                job.WebhookUrl, [.. deliveries.Select(DeliveryBody.Of)], await ResultAsync(job, here, cancel),
                [.. (await library.ReadTagsAsync([job.Id], cancel))[job.Id]])
            {
                EngineOutput = isOperator ? outputs.Find(job.Id) : null,
            },
            ConsoleWire.Json.JobDetail);
    }

    private async Task<IResult> ThumbnailAsync(HttpContext http, string id, CancellationToken cancel)
    {
        if (await FindAsync(desk, http, id, cancel) is not { ResultKey: not null } job) return NoThumbnail(id);
        var (file, problem) = await images.OpenAsync(
            http.Request, job, ResultImage.Thumbnail, origin.Of(http.Request), cancel);
        return problem is null ? file ?? NoThumbnail(id) : ConsoleErrors.Of(http, problem);
    }

    private static IResult NoThumbnail(string id) => ConsoleErrors.NotFound($"video of job \"{id}\"");

    private async Task<IResult> StreamAsync(HttpContext http, string id, CancellationToken cancel)
    {
        if (await FindAsync(desk, http, id, cancel) is not { } job) return ConsoleErrors.NotFound($"job \"{id}\"");
        var here = origin.Of(http.Request);
        return await streams.SendAsync(
            http, job.Id, job.Account,
            (view, _, preview) => JsonSerializer.SerializeToUtf8Bytes(
                LiveBody.Of(view, links.ToDraft(view.Draft, here)) with { Preview = PreviewAnswer.Inline(preview) },
                ConsoleWire.Ascii.LiveBody), cancel);
    }

    private IEnumerable<InputMedia> Media(
        Job job, Uri here) => JobRun.StoredFiles(JobInput.Parse(job.Input)).Select(file => new InputMedia(
        file.Field, file.Uri.ToString(), files.Presign(HttpMethods.Get, file.Uri.Key, JobLines.LinkLife, here).AbsoluteUri,
        FileKey.ContentTypeOf(file.Uri.Key)));

    private async Task<ResultBody?> ResultAsync(Job job, Uri here, CancellationToken cancel)
    {
        if (job.ResultKey is not { } key) return null;
        var kept = await files.FindAsync(key, cancel) is not null;
        return new ResultBody(
            new FileUri(files.Bucket, key).ToString(),
            kept ? files.Presign(HttpMethods.Get, key, JobLines.LinkLife, here).AbsoluteUri : null, job.ResultBytes);
    }
}
