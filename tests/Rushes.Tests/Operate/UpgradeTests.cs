using System.Net;
using System.Net.Http.Json;
using System.Text.Json;
using Rushes.Database;
using Rushes.Database.Postgres;
using Rushes.Database.Sqlite;
using Rushes.Jobs;
using Rushes.Server.Settings;
using Rushes.Tests.Admin;
using Rushes.Tests.Cli;
using Rushes.Tests.Postgres;
using Rushes.Tests.Rules;
using Xunit;

namespace Rushes.Tests.Operate;

/// <summary>
/// This version on databases of released versions, which are stored as SQL in <c>Database/Released</c>. Each was dumped after its
/// gateway was killed with a job running, jobs queued, a draft waiting for approval and a webhook not yet delivered.
/// </summary>
public sealed class UpgradeTests
{
    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_data_folder_of_0_1_0_is_upgraded_and_its_jobs_are_completed()
    {
        using var data = new TempFolder();
        await RestoreAsync(data["rushes.db"], Dump("0.1.0.sqlite.sql"));
        Assert.Equal(4, SchemaPlan.OfFile(data["rushes.db"]).Applied);
        await AssertJobsSurviveAsync(
            new GatewayOptions(), data.Path, laptop: "rk_MifRLTtA2zfWMRPxwH57U-sF7fq4Bq1S63ReY33hF_c");
        var plan = SchemaPlan.OfFile(data["rushes.db"]);
        Assert.Equal(plan.Newest, plan.Applied);
    }

    [Fact]
    public async Task A_PostgreSQL_of_0_1_0_is_upgraded_and_its_jobs_are_completed()
    {
        var cluster = await PostgresCluster.SharedAsync();
        var database = await cluster.CreateAsync($"upgraded{Guid.NewGuid():N}");
        await cluster.RunAsync(database, Dump("0.1.0.postgres.sql"));
        var url = PostgresUrl.Parse(cluster.Url(database));
        Assert.Equal(4, (await SchemaPlan.OfServerAsync(url, Cancel)).Applied);
        using var data = new TempFolder();
        await AssertJobsSurviveAsync(
            new GatewayOptions { Database = cluster.Url(database) }, data.Path,
            laptop: "rk_i7uAj07udF6giSqtz-eb07po00jncogLG8EG0J3_rHY");
        var plan = await SchemaPlan.OfServerAsync(url, Cancel);
        Assert.Equal(plan.Newest, plan.Applied);
    }

    [Fact]
    public async Task A_database_of_a_newer_version_stops_the_start_with_a_sentence_and_is_not_changed()
    {
        using var data = new TempFolder();
        await using (await SqliteDatabase.OpenAsync(data["rushes.db"], new RetryPolicy(), TimeProvider.System)) { }
        await RestoreAsync(data["rushes.db"], "INSERT INTO migrations VALUES (999, '999_later', 0);");
        string[] serve = ["serve", "--urls", "http://127.0.0.1:0", "--data", data.Path];
        await using (var gateway = GatewayProcess.Launch(serve, TestGateway.Key))
        {
            var line = await gateway.WaitForAsync("newer version of Rushes", Cancel);
            Assert.StartsWith("Database: The database was written by a newer version", line, StringComparison.Ordinal);
            Assert.Equal(2, await gateway.ExitAsync(Cancel));
        }
        Assert.True(SchemaPlan.OfFile(data["rushes.db"]) is { IsNewer: true, Applied: 999 });

        var cluster = await PostgresCluster.SharedAsync();
        var database = await cluster.CreateAsync($"newer{Guid.NewGuid():N}");
        await cluster.RunAsync(database, Dump("0.1.0.postgres.sql"));
        await cluster.RunAsync(database, "INSERT INTO public.migrations VALUES (999, '999_later', now())");
        var rejected = await Assert.ThrowsAsync<SettingsException>(
            () => TestGateway.StartAsync(0, Cancel, options: new GatewayOptions { Database = cluster.Url(database) }));
        Assert.Contains("newer version of Rushes", rejected.Message, StringComparison.Ordinal);
        Assert.Equal("5", await cluster.ReadAsync(database, "SELECT count(*) FROM public.migrations"));
    }

    [Fact]
    public async Task The_plan_of_an_upgrade_names_the_changes_and_makes_none()
    {
        using var data = new TempFolder();
        await RestoreAsync(data["rushes.db"], Dump("0.1.0.sqlite.sql"));
        var (exit, output, shown) = await Terminal.RunAsync(
            new() { ["RUSHES_DATA"] = data.Path }, ["database", "migrate", "--plan"], Cancel);
        Assert.True(exit == 0, shown);
        Assert.Contains("has schema 4; this version needs", output, StringComparison.Ordinal);
        Assert.Contains("005_", output, StringComparison.Ordinal);
        Assert.Equal(4, SchemaPlan.OfFile(data["rushes.db"]).Applied);
        Assert.False(File.Exists(data["lock"]));

        (exit, _, shown) = await Terminal.RunAsync([], ["database", "migrate"], Cancel);
        Assert.Equal(2, exit);
        Assert.Contains("Set --from", shown, StringComparison.Ordinal);
    }

    /// <summary>Starts a gateway with one worker on the database and waits until it has done what its predecessor left.</summary>
    private static async Task AssertJobsSurviveAsync(GatewayOptions options, string data, string laptop)
    {
        await using var gateway = await TestGateway.StartAsync(1, Cancel, data, options);
        foreach (var job in new[] { "1", "3", "4", "5" }) Assert.Equal("COMPLETED", await EndAsync(job));
        Assert.Equal("CANCELLED", await EndAsync("6"));
        using var draft = await gateway.Http.GetAsync("/queue/wan22-fast-t2v/requests/2/status", Cancel);
        Assert.Equal(HttpStatusCode.OK, draft.StatusCode);

        // Keys, credit and webhooks of the older version are still there.
        using var studio = AdminApi.With(gateway.Origin, laptop);
        Assert.Equal(HttpStatusCode.OK, (await studio.GetAsync("/jobs", Cancel)).StatusCode);
        var credit = await gateway.Http.GetFromJsonAsync<JsonElement>("/admin/accounts/2/credit", Cancel);
        Assert.Contains("5", credit.GetRawText(), StringComparison.Ordinal);
        var deliveries = await gateway.Http.GetStringAsync("/webhooks/jobs/1", Cancel);
        Assert.Contains("127.0.0.1:9999", deliveries, StringComparison.Ordinal);

        async Task<string?> EndAsync(string job) =>
            (await Eventually.EndedAsync(gateway.Http, job, Cancel)).GetProperty("status").GetString();
    }

    private static string Dump(string file) =>
        File.ReadAllText(Path.Combine(RoomTests.Root(), "tests", "Rushes.Tests", "Database", "Released", file));

    private static async Task RestoreAsync(string database, string sql)
    {
        using var folder = new TempFolder();
        await File.WriteAllTextAsync(folder["dump.sql"], sql, Cancel);
        var exit = await Tool.RunAsync("sqlite3", ["-bail", database, $".read {folder["dump.sql"]}"], Cancel);
        Assert.True(exit.Ok, exit.Errors);
    }
}
