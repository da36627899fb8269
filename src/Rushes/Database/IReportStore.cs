namespace Rushes.Database;

/// <summary>Reports of misuse of videos, for operators.</summary>
public interface IReportStore
{
    /// <summary>
    /// The maximum number of open reports of a job, of an account's jobs, and of all reports. Beyond the last one the oldest
    /// closed ones are deleted. An account could fill the list with reports of its own jobs, so that others' are rejected.
    /// </summary>
    const int MaxOpenOfJob = 20, MaxOpenOfAccount = 2000, MaxReports = 10_000;

    Task<ReportOutcome> AddReportAsync(NewReport report, CancellationToken cancel);

    /// <summary>The newest first.</summary>
    /// <param name="before">Ids below this one.</param>
    Task<IReadOnlyList<Report>> ReadReportsAsync(bool closed, long before, int limit, CancellationToken cancel);

    /// <summary>Closes an open report, deletes its contact, and records it in the audit log.</summary>
    /// <returns>Null if there is no open report with this id.</returns>
    Task<Report?> CloseReportAsync(long id, string? note, string actor, CancellationToken cancel);
}

/// <summary>A report before it has an id.</summary>
public record NewReport
{
    /// <summary>Its job, which may be deleted later.</summary>
    public required long Job { get; init; }

    /// <summary>The owner of the job.</summary>
    public required int Account { get; init; }

    public required string Model { get; init; }

    /// <summary>A stable identifier, such as <c>copyright</c>.</summary>
    public required string Reason { get; init; }

    public string? Details { get; init; }

    /// <summary>Where the reporter can be reached.</summary>
    public string? Contact { get; init; }

    /// <summary><c>key 7</c>, or <c>share link</c>.</summary>
    public required string Reporter { get; init; }
}

/// <summary>A stored report.</summary>
public sealed record Report : NewReport
{
    public required long Id { get; init; }

    public required DateTimeOffset At { get; init; }

    /// <summary>Null if it is open.</summary>
    public DateTimeOffset? ClosedAt { get; init; }

    /// <summary>Who closed it: <c>key 7</c>.</summary>
    public string? ClosedBy { get; init; }

    /// <summary>What was done, for operators.</summary>
    public string? Note { get; init; }
}

public enum ReportOutcome
{
    Stored,

    /// <summary>The job has the maximum number of open reports, so this one adds nothing.</summary>
    Known,

    /// <summary>There is the maximum number of reports of the account's jobs, or of all, and all are open.</summary>
    Full,
}
