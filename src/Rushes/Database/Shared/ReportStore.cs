namespace Rushes.Database.Shared;

internal sealed class ReportStore(IWriter writer, IReader reader) : IReportStore
{
    private const string Columns =
        "id, at, job, account, model, reason, details, contact, reporter, closed_at, closed_by, note";

    private const string Listed = $"SELECT {Columns} FROM reports WHERE id < $1 AND closed_at IS";

    public Task<ReportOutcome> AddReportAsync(NewReport report, CancellationToken cancel) => writer.Run(async transaction =>
    {
        if (await CountAsync("SELECT count(*) FROM reports WHERE job = $1 AND closed_at IS NULL", report.Job)
            >= IReportStore.MaxOpenOfJob) return ReportOutcome.Known;
        if (await CountAsync("SELECT count(*) FROM reports WHERE account = $1 AND closed_at IS NULL", report.Account)
            >= IReportStore.MaxOpenOfAccount) return ReportOutcome.Full;
        if (await CountAsync("SELECT count(*) FROM reports") >= IReportStore.MaxReports)
        {
            var deleted = await transaction.ChangeAsync(
                """
                DELETE FROM reports WHERE id = (SELECT min(id) FROM reports WHERE closed_at IS NOT NULL) RETURNING id
                """,
                [], row => row.Long(0));
            if (deleted.Count == 0) return ReportOutcome.Full;
        }
        await transaction.RunAsync(
            """
            INSERT INTO reports (at, job, account, model, reason, details, contact, reporter)
            VALUES ($1, $2, $3, $4, $5, $6, $7, $8)
            """,
            [
                transaction.Now, report.Job, report.Account, report.Model, report.Reason, report.Details, report.Contact,
                report.Reporter,
            ]);
        return ReportOutcome.Stored;

        async Task<long> CountAsync(string sql, params object?[] values) =>
            (await transaction.ReadAsync(sql, values, row => row.Long(0)))[0];
    }, cancel);

    public Task<IReadOnlyList<Report>> ReadReportsAsync(
        bool closed, long before, int limit, CancellationToken cancel) => reader.ReadAllAsync(
        $"{Listed}{(closed ? " NOT" : "")} NULL ORDER BY id DESC LIMIT $2", [before, limit], Read, cancel);

    public Task<Report?> CloseReportAsync(
        long id, string? note, string actor, CancellationToken cancel) => writer.Run(async transaction =>
    {
        var closed = await transaction.ChangeAsync(
            $"""
            UPDATE reports SET closed_at = $1, closed_by = $2, note = $3, contact = NULL
            WHERE id = $4 AND closed_at IS NULL RETURNING {Columns}
            """,
            [transaction.Now, actor, note, id], Read);
        if (closed is not [var report]) return null;
        await AuditLog.AppendAsync(transaction, AuditTexts.ReportClosed(actor, report));
        return report;
    }, cancel);

    private static Report Read(IRow row) => new()
    {
        Id = row.Long(0),
        At = row.Time(1),
        Job = row.Long(2),
        Account = row.Int(3),
        Model = row.Text(4),
        Reason = row.Text(5),
        Details = row.TextOrNull(6),
        Contact = row.TextOrNull(7),
        Reporter = row.Text(8),
        ClosedAt = row.TimeOrNull(9),
        ClosedBy = row.TextOrNull(10),
        Note = row.TextOrNull(11),
    };
}
