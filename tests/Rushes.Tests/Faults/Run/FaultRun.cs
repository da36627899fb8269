using System.Globalization;
using System.Text;
using System.Text.RegularExpressions;
using Rushes.Tests.Admin;
using Rushes.Tests.Engines;

namespace Rushes.Tests.Faults.Run;

/// <summary>The length, intensity and seed of a fault run.</summary>
internal sealed record Plan(int Seed, TimeSpan Length)
{
    public int Clients { get; init; } = 24;

    /// <summary>The maximum downtime of PostgreSQL.</summary>
    public TimeSpan Outage { get; init; } = TimeSpan.FromSeconds(60);

    /// <summary>The time for unfinished jobs and callbacks at the end.</summary>
    public TimeSpan Patience { get; init; } = TimeSpan.FromMinutes(6);
}

/// <summary>Runs a site under load with faults, then checks all jobs.</summary>
internal sealed partial class FaultRun
{
    private readonly Plan plan;
    private readonly Site site;
    private readonly Load load;
    private readonly Mishaps mishaps;
    private readonly Callbacks callbacks;
    private TimeSpan settled;

    private FaultRun(Plan plan, Site site, Load load, Mishaps mishaps, Callbacks callbacks) =>
        (this.plan, this.site, this.load, this.mishaps, this.callbacks) = (plan, site, load, mishaps, callbacks);

    /// <summary>The report, and whether all checks passed.</summary>
    /// <param name="logs">A folder for what the processes printed; null for none.</param>
    public static async Task<(bool Good, string Report)> RunAsync(
        S3Server server, Plan plan, string? logs, CancellationToken cancel)
    {
        using var folder = new TempFolder();
        var picture = await File.ReadAllBytesAsync(await SampleMedia.PictureAsync(folder), cancel);
        await using var callbacks = await Callbacks.StartAsync();
        await using var site = await Site.StartAsync(server, cancel);
        using var admin = AdminApi.With(site.Addresses[0], TestGateway.Key);
        var account = await admin.AddAccountAsync("customer", PaidCatalog.Plan, cancel);
        var (_, key) = await admin.AddKeyAsync(account, cancel);
        await admin.AddCreditAsync(account, 1_000_000, cancel);
        using var load = new Load(site, key, callbacks, picture, plan.Seed);
        await load.KnownAsync(cancel);
        var run = new FaultRun(plan, site, load, new Mishaps(site, plan.Outage, plan.Seed), callbacks);
        try
        {
            using var giveUp = CancellationTokenSource.CreateLinkedTokenSource(cancel);
            giveUp.CancelAfter(plan.Length + plan.Outage + plan.Patience);
            await run.SufferAsync(giveUp.Token);
            var verdict = await Verdict.OfAsync(site, load, callbacks, account, cancel);
            return (verdict.IsGood, run.Report(verdict));
        }
        finally
        {
            if (logs is not null) Write(site, logs);
        }
    }

    private async Task SufferAsync(CancellationToken giveUp)
    {
        using var over = CancellationTokenSource.CreateLinkedTokenSource(giveUp);
        using var ended = CancellationTokenSource.CreateLinkedTokenSource(giveUp);
        over.CancelAfter(plan.Length);
        var working = load.RunAsync(plan.Clients, ended.Token, giveUp);
        await mishaps.RunAsync(over.Token, giveUp);
        await ended.CancelAsync();
        var began = TimeProvider.System.GetTimestamp();
        await working;
        await Eventually.TrueAsync(
            async () => giveUp.IsCancellationRequested || await OpenAsync() == 0, CancellationToken.None);
        settled = TimeProvider.System.GetElapsedTime(began);
    }

    /// <summary>The number of unfinished jobs and pending callbacks.</summary>
    private async Task<int> OpenAsync() => int.Parse(await site.Postgres.ReadAsync("rushes",
        "SELECT (SELECT count(*) FROM jobs WHERE ended_at IS NULL) + (SELECT count(*) FROM deliveries WHERE state = 0)"),
            CultureInfo.InvariantCulture);

    private string Report(Verdict verdict)
    {
        var text = new StringBuilder();
        text.AppendLine(
            CultureInfo.InvariantCulture,
            $"Seed {plan.Seed}, {plan.Length.TotalMinutes:0.##} minutes of faults, {plan.Clients} clients, "
                + $"{site.Gateways.Count} gateways, {site.Workers.Count} workers, leases of {Site.LeaseSeconds} seconds, "
                + $"{Environment.ProcessorCount} cores. Quiet {settled.TotalSeconds:0} seconds after the last fault.");
        foreach (var missing in mishaps.LeftOut)
            text.AppendLine(CultureInfo.InvariantCulture, $"Left out, as this machine has none: {missing}.");
        Table(
            "what went wrong",
            mishaps.Counts.OrderBy(each => each.Key, StringComparer.Ordinal).Select(each => (each.Key, (long)each.Value)));
        var orders = load.Orders.ToList();
        Table("what was done",
        [
            ("jobs acknowledged", orders.Count(order => order.Id is not null)), ("completed", Ended("COMPLETED")),
            ("failed", Ended("FAILED")), ("cancelled", Ended("CANCELLED")),
            ("sent again by clients, until they were acknowledged", orders.Sum(order => Math.Max(0, order.Sends - 1))),
            ("runs that were attempts and went for nothing", verdict.Jobs.Sum(job => job.Attempts)),
            ("runs that were interrupted", verdict.Jobs.Sum(job => job.Interruptions)),
            ("callbacks received", callbacks.Count), ("a gateway knew nothing of an acknowledged job", load.Missing),
            ("starts of gateways that failed and were tried again", site.Gateways.Sum(gateway => gateway.FailedStarts)),
            ("stray files before the sweep", verdict.StraysBefore), ("stray files after it", verdict.StraysLeft.Count),
        ]);
        if (Ended("FAILED") > 0)
            Table(
                "why jobs failed",
                verdict.Jobs.Where(job => job.Error is not null).CountBy(
                    job => job.Error!).Select(each => (each.Key, (long)each.Value)));
        Table("what the logs warned of", site.Nodes.SelectMany(node => node.Output).Select(line => Event().Match(line))
            .Where(match => match.Success)
            .CountBy(match => match.Groups[1].Value).OrderBy(
                each => each.Key, StringComparer.Ordinal).Select(each => (each.Key, (long)each.Value)));
        Table(
            "what must be 0",
            [("sum of the ledger", verdict.LedgerSum), .. verdict.Broken.Select(each => (each.Key, (long)each.Value))]);
        if (verdict.StraysLeft.Count > 0)
            text.AppendLine().AppendLine(
                CultureInfo.InvariantCulture, $"Left by the sweep: {string.Join(", ", verdict.StraysLeft)}");
        text.AppendLine();
        text.AppendLine(verdict.IsGood ? "Nothing was lost, nothing was done twice." : "**Something is wrong.**");
        return text.ToString();

        long Ended(string end) => verdict.Jobs.Count(job => job.End == end);

        void Table(string head, IEnumerable<(string What, long Count)> rows)
        {
            text.AppendLine().AppendLine(CultureInfo.InvariantCulture, $"| {head} | |").AppendLine("|---|---:|");
            foreach (var (what, count) in rows) text.AppendLine(CultureInfo.InvariantCulture, $"| {what} | {count} |");
        }
    }

    private static void Write(Site site, string folder)
    {
        Directory.CreateDirectory(folder);
        foreach (var node in site.Nodes)
            File.WriteAllLines(Path.Combine(folder, node.Name.Replace(' ', '-') + ".log"), node.Output);
    }

    /// <summary>The name of a warning or an error in a log line.</summary>
    [GeneratedRegex(@"(?:warn|fail|crit): \S+ ([A-Z][a-z]+[A-Z]\w+)")]
    private static partial Regex Event();
}
