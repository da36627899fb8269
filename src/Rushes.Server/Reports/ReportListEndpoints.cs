using Rushes.Accounts;
using Rushes.Database;
using Rushes.Server.Admin;
using Rushes.Server.Auth;

namespace Rushes.Server.Reports;

/// <summary>Reports of misuse, for operators: list and close.</summary>
internal sealed class ReportListEndpoints(IReportStore reports, AccountDirectory directory)
{
    private const int MaxListed = 100, MaxNote = 500;

    public void Map(IEndpointRouteBuilder admin)
    {
        admin.MapGet("/reports", ListAsync);
        admin.MapPost("/reports/{id:long}/close", CloseAsync);
    }

    private async Task<IResult> ListAsync(bool? closed, long? before, int? limit, CancellationToken cancel)
    {
        if (limit is < 1 or > MaxListed) return AdminErrors.BadField("limit", $"is {limit}; send 1 to {MaxListed}");
        var most = limit ?? MaxListed;
        var found = await reports.ReadReportsAsync(closed == true, before ?? long.MaxValue, most, cancel);
        return TypedResults.Json(
            new ReportList([.. found.Select(BodyOf)], found.Count == most ? found[^1].Id : null), ReportJson.Default.ReportList);
    }

    private async Task<IResult> CloseAsync(HttpContext http, long id, CancellationToken cancel)
    {
        var (body, problem) = await AdminWire.ReadAsync(http.Request, ReportJson.Default.ReportClose, cancel);
        if (problem is not null) return problem;
        if (body!.Note is { Length: > MaxNote })
            return AdminErrors.BadField("note", $"has {body.Note.Length} characters; at most {MaxNote} are allowed");
        if (body.Note?.Contains('\0', StringComparison.Ordinal) == true)
            return AdminErrors.BadField("note", "contains a NUL character");
        return await reports.CloseReportAsync(id, body.Note, http.Actor(), cancel) is { } closed
            ? TypedResults.Json(BodyOf(closed), ReportJson.Default.ReportBody)
            : AdminErrors.NotFound($"open report {id}");
    }

    private ReportBody BodyOf(Report report) => new(
        report.Id, report.At, report.Job, directory.Find(report.Account)?.Name, report.Model, report.Reason, report.Details,
        report.Contact, report.Reporter, report.ClosedAt, report.ClosedBy, report.Note);
}
