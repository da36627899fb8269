namespace Rushes.Database;

/// <summary>What accounts used, from their jobs that have ended.</summary>
public interface IUsage
{
    /// <summary>The maximum number of jobs that one report examines.</summary>
    const int MaxJobs = 20_000;

    /// <summary>The jobs of an account that ended in a period, by day (UTC) and model, in this order.</summary>
    Task<UsageReport> ReadUsageAsync(int account, DateTimeOffset from, DateTimeOffset until, CancellationToken cancel);
}

/// <param name="Complete">False: only the newest <see cref="IUsage.MaxJobs"/> jobs of the account are counted.</param>
public sealed record UsageReport(IReadOnlyList<UsageRow> Rows, bool Complete);

/// <param name="RunTime">Of the last runs of the jobs.</param>
/// <param name="Charged">Of completed jobs, in millionths of the currency unit.</param>
public sealed record UsageRow(
    DateOnly Day, string Model, int Completed, int Failed, int Cancelled, TimeSpan RunTime, long Charged);
