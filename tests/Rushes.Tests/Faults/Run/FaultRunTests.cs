using System.Globalization;
using Xunit;

namespace Rushes.Tests.Faults.Run;

/// <summary>A site under load on which everything goes wrong. <c>bench/faults</c> does the same for longer.</summary>
public sealed class FaultRunTests(S3Server server)
{
    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Whatever_fails_each_acknowledged_job_ends_once_and_is_paid_once()
    {
        var plan = new Plan(
            Random.Shared.Next(1_000_000), TimeSpan.FromSeconds(70)) { Clients = 8, Outage = TimeSpan.FromSeconds(10) };
        TestContext.Current.TestOutputHelper!.WriteLine($"Seed {plan.Seed}");
        var (good, report) = await FaultRun.RunAsync(server, plan, logs: null, Cancel);
        Assert.True(good, report);
    }

    /// <summary>By <c>bench/faults</c> alone, which says how long and where the report goes.</summary>
    [Fact(Explicit = true)]
    public async Task The_long_run()
    {
        var plan = new Plan(
            int.Parse(Setting("SEED"), CultureInfo.InvariantCulture),
            TimeSpan.FromMinutes(double.Parse(Setting("MINUTES"), CultureInfo.InvariantCulture)));
        var (good, report) = await FaultRun.RunAsync(server, plan, Setting("LOGS"), Cancel);
        await File.WriteAllTextAsync(Setting("REPORT"), report, Cancel);
        Assert.True(good, "See the report.");
    }

    private static string Setting(string what) =>
        Environment.GetEnvironmentVariable($"FAULTS_{what}") ?? throw new InvalidOperationException("Run bench/faults.");
}
