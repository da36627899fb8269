using Rushes.Database;
using Rushes.Intake;
using Rushes.Jobs;
using Rushes.Server.Admin;
using Rushes.Server.Auth;
using Rushes.Server.Console;
using Rushes.Server.Http;

namespace Rushes.Server.Reports;

/// <summary>
/// Reports of misuse of a video: by the key of its account, or by anyone with a share link. Limited in size, in number, and in
/// rate by account or address.
/// </summary>
internal sealed class ReportEndpoints(IReportStore reports, JobDesk desk, ShareLinks links, TimeProvider clock)
{
    private static readonly CallRate Rate = new("report", 30);

    /// <summary>Reports through share links, by the address of the sender.</summary>
    private readonly SourceLimit sent = new(5, TimeSpan.FromMinutes(1), clock);

    public void Map(IEndpointRouteBuilder routes)
    {
        routes.MapPost("/report", ByKeyAsync).RequireKey().LimitRate(Rate).WithMetadata(BodyLimit.Fields);
        routes.MapPost(ShareLinks.Path + "{token}" + SharePage.ReportPath, ByLinkAsync).RequireSignedLink()
            .WithMetadata(BodyLimit.Fields);
    }

    private async Task<IResult> ByKeyAsync(HttpContext http, CancellationToken cancel)
    {
        if (await ReportFields.OfJsonAsync(http.Request, cancel) is not { } fields) return NotJson();
        if (fields.Job is null) return AdminErrors.BadField("job", "is missing; send the id of a job");
        if (fields.Problem() is var (field, reason)) return AdminErrors.BadField(field, reason);
        if (desk.NumberOf(fields.Job) is not { } number
            || await desk.ReadAsync(number, http.Caller().Account, null, cancel) is not { } job)
            return AdminErrors.NotFound($"job \"{Excerpt.Of(fields.Job)}\" of this account");
        return await StoreAsync(job, fields, http.Actor(), cancel) == ReportOutcome.Full ? Full(http) : Received();
    }

    private async Task<IResult> ByLinkAsync(HttpContext http, string token, CancellationToken cancel)
    {
        if (links.Read(token) is not (var id, _))
            return AccessForm.Say(StatusCodes.Status403Forbidden, "bad_link", "This link is invalid or has expired.");
        var source = ClientAddress.Of(http.Connection.RemoteIpAddress);
        if (sent.Wait(source) is { } wait)
        {
            RetryAfterHeader.Write(http, wait);
            return AccessForm.Say(
                StatusCodes.Status429TooManyRequests, "too_many_requests", "Too many reports from this address; retry later.");
        }
        sent.Count(source);
        var isForm = http.Request.ContentType?.StartsWith("application/x-www-form-urlencoded", StringComparison.Ordinal) == true;
        var fields = isForm
            ? await ReportFields.OfFormAsync(http.Request, cancel)
            : await ReportFields.OfJsonAsync(http.Request, cancel);
        if (fields is null) return NotJson();
        if (fields.Problem() is var (field, reason)) return AdminErrors.BadField(field, reason);
        if (await desk.ReadAsync(id, null, null, cancel) is not { } job)
            return AdminErrors.NotFound("such video any more");
        if (await StoreAsync(job, fields, "share link", cancel) == ReportOutcome.Full) return Full(http);
        return isForm ? SharePage.Page(http, 202, "Thank you. The operator will see your report.") : Received();
    }

    private Task<ReportOutcome> StoreAsync(Job job, ReportFields fields, string reporter, CancellationToken cancel) =>
        reports.AddReportAsync(
            new NewReport
            {
                Job = job.Id, Account = job.Account, Model = job.Model, Reason = fields.Reason!,
                Details = TextOf(fields.Details), Contact = TextOf(fields.Contact), Reporter = reporter,
            },
            cancel);

    private static string? TextOf(string? text) =>
        string.IsNullOrWhiteSpace(text) ? null : BoundedText.Cut(text.Trim(), ReportReasons.MaxDetails);

    private static IResult Received() => TypedResults.Json(
        new ReportReceived("received"), ReportJson.Default.ReportReceived, statusCode: StatusCodes.Status202Accepted);

    private static IResult NotJson() =>
        AdminErrors.BadBody("The body cannot be read; send a JSON object with reason, details and contact, and job with a key.");

    private static IResult Full(HttpContext http)
    {
        RetryAfterHeader.Write(http, TimeSpan.FromHours(1));
        return AccessForm.Say(
            StatusCodes.Status503ServiceUnavailable, "too_many_reports",
            "There are too many open reports; contact the operator in another way.");
    }
}
