using System.Globalization;
using System.Text;
using Rushes.Accounts;
using Rushes.Database;

namespace Rushes.Server.Admin;

/// <summary>What an account used, by day and model: as JSON, or as CSV for spreadsheets.</summary>
internal sealed class UsageEndpoints(IUsage usage, AccountDirectory directory, TimeProvider clock)
{
    private static readonly TimeSpan MaxPeriod = TimeSpan.FromDays(366), DefaultPeriod = TimeSpan.FromDays(30);

    public void Map(IEndpointRouteBuilder admin) => admin.MapGet("/accounts/{account}/usage", ShowAsync);

    private async Task<IResult> ShowAsync(
        string account, DateTimeOffset? from, DateTimeOffset? until, string? format, CancellationToken cancel) =>
        directory.Find(account) is { } found
            ? await WriteAsync(found.Id, from, until, format, cancel)
            : AdminErrors.NotFound($"account \"{account}\"");

    /// <summary>Of one account; without a period, the last 30 days.</summary>
    public async Task<IResult> WriteAsync(
        int account, DateTimeOffset? from, DateTimeOffset? until, string? format, CancellationToken cancel)
    {
        if (format is not (null or "csv" or "json")) return AdminErrors.BadField("format", $"is \"{format}\"; send csv or json");
        var end = until ?? clock.GetUtcNow();
        var start = from ?? (end - DateTimeOffset.UnixEpoch > DefaultPeriod ? end - DefaultPeriod : DateTimeOffset.UnixEpoch);
        if (start >= end || end - start > MaxPeriod)
            return AdminErrors.BadField("from", $"is not before until, or more than {MaxPeriod.TotalDays} days before it");
        var report = await usage.ReadUsageAsync(account, start, end, cancel);
        var currency = directory.PlanOf(account).Currency;
        if (format == "csv") return Csv(report, currency, account);
        return TypedResults.Json(
            new UsageBody([.. report.Rows.Select(row => UsageLine.Of(row, currency))], report.Complete),
            AdminWire.Json.UsageBody);
    }

    private static IResult Csv(UsageReport report, string currency, int account)
    {
        var text = new StringBuilder("day,model,completed,failed,cancelled,run_seconds,charged,currency\r\n");
        foreach (var row in report.Rows.Select(row => UsageLine.Of(row, currency)))
            text.Append(CultureInfo.InvariantCulture, $"{row.Day:yyyy-MM-dd},{row.Model},{row.Completed},{row.Failed},")
                .Append(CultureInfo.InvariantCulture, $"{row.Cancelled},{row.RunSeconds},{row.Charged:0.00####},")
                .Append(CultureInfo.InvariantCulture, $"{row.Currency}\r\n");
        return TypedResults.File(
            Encoding.UTF8.GetBytes(text.ToString()), "text/csv; charset=utf-8", $"usage-{account}.csv");
    }
}

/// <param name="Complete">False: only the account's newest jobs are counted.</param>
internal sealed record UsageBody(IReadOnlyList<UsageLine> Usage, bool Complete);

internal sealed record UsageLine(
    DateOnly Day, string Model, int Completed, int Failed, int Cancelled, double RunSeconds, decimal Charged, string Currency)
{
    public static UsageLine Of(UsageRow row, string currency) => new(
        row.Day, row.Model, row.Completed, row.Failed, row.Cancelled, Math.Round(row.RunTime.TotalSeconds, 1),
        Money.Units(row.Charged), currency);
}
