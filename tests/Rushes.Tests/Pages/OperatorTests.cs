using System.Net;
using System.Net.Http.Json;
using System.Text.Json;
using Rushes.Database;
using Rushes.Database.Sqlite;
using Rushes.Files.Local;
using Rushes.Jobs;
using Rushes.Tests.Admin;
using Rushes.Tests.Jobs;
using Rushes.Work;
using Xunit;

namespace Rushes.Tests.Pages;

/// <summary>What operators do to lanes and workers, and what customers see of their own accounts.</summary>
public sealed class OperatorTests
{
    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_lane_is_paused_and_resumed_by_programs_and_by_the_console()
    {
        await using var gateway = await TestGateway.StartAsync(1, Cancel);
        Assert.Equal(HttpStatusCode.NoContent, await PostAsync(gateway, "/admin/lanes/t2v/pause"));
        Assert.Equal(HttpStatusCode.NoContent, await PostAsync(gateway, "/console/api/admin/lanes/t2v/pause"));
        Assert.Equal(HttpStatusCode.NotFound, await PostAsync(gateway, "/admin/lanes/none/pause"));
        using var created = await gateway.Http.PostAsJsonAsync(
            "/console/api/models/wan22-fast-t2v/jobs", new { prompt = "A fox", duration = 0.5 }, Cancel);
        var id = (await created.Content.ReadFromJsonAsync<JsonElement>(Cancel)).GetProperty("id").GetInt64();

        var lane = (await GetAsync(gateway, "/console/api/queue")).GetProperty("lanes")[0];
        Assert.Equal(("t2v", true, 0, 1), (lane.GetProperty("id").GetString(), lane.GetProperty("paused").GetBoolean(),
            lane.GetProperty("running").GetInt32(), lane.GetProperty("tiers")[2].GetProperty("queued").GetInt32()));
        Assert.Equal(("warning", "Text to video is paused. Queued jobs: 1."), await FindingAsync(gateway, "lanes"));

        // The stream ends with the job, which ends once it may.
        var ended = gateway.Http.GetStringAsync($"/console/api/jobs/{id}/stream", Cancel);
        Assert.Equal(HttpStatusCode.NoContent, await PostAsync(gateway, "/console/api/admin/lanes/t2v/resume"));
        Assert.Contains("completed", await ended, StringComparison.Ordinal);
        Assert.False((await GetAsync(gateway, "/admin/lanes")).GetProperty("lanes")[0].GetProperty("paused").GetBoolean());
        var audit = await gateway.Http.GetStringAsync("/admin/audit", Cancel);
        Assert.Equal(1, audit.Split("lane paused").Length - 1);
    }

    [Fact]
    public async Task A_drained_slot_takes_no_job_until_it_is_resumed()
    {
        using var folder = new TempFolder();
        await using var database = await SqliteDatabase.OpenAsync(folder["rushes.db"], new RetryPolicy(), TimeProvider.System);
        var doorbell = new Doorbell();
        var backlog = new Backlog(doorbell);
        database.Followers.AddJobs("test", backlog.Apply);
        var drains = new Drains();
        var source = new LocalJobSource(
            database.Jobs, database.Leases, database.Lists, doorbell,
            new LocalFileStore(folder["files"], "bucket", new byte[32], TimeProvider.System), new WorkOptions(),
            TimeProvider.System, drains: drains);
        var account = await database.Accounts.EnsureAccountAsync("first", Cancel);
        Task<Lease> ClaimAsync(string worker) =>
            source.ClaimAsync(new ClaimOffer(worker, ["t2v"], ["wan22-fast-t2v"]) { EveryModel = true }, Cancel);
        async Task<long> SubmitAsync() => Assert.IsType<SubmitOutcome.Created>(await database.Jobs.SubmitAsync(new NewJob
        {
            Account = account, Model = "wan22-fast-t2v", Lane = "t2v", Tier = 0, Priority = 0, Input = "{}", Work = 1,
            Plan = new RenderPlan(new VideoFormat(64, 64, 16, 16), new VideoFormat(64, 64, 16, 16)),
            CreatedAt = TimeProvider.System.GetUtcNow(),
        }, Cancel)).Id;

        // Drained while it waits, and drained before it asks.
        var waiting = ClaimAsync("node/1");
        drains.Drain("node/1");
        drains.Drain("node/2");
        var asking = ClaimAsync("node/2");
        var first = await SubmitAsync();
        Assert.Equal(first, (await ClaimAsync("node/3")).Job.Id);

        var second = await SubmitAsync();
        Assert.False(waiting.IsCompleted || asking.IsCompleted);
        drains.Resume("node/2");
        Assert.Equal(second, (await asking).Job.Id);
        var third = await SubmitAsync();
        drains.Resume("node/1");
        Assert.Equal(third, (await waiting).Job.Id);
    }

    [Fact]
    public async Task A_worker_is_drained_by_its_name()
    {
        await using var gateway = await TestGateway.StartAsync(1, Cancel);
        var name = await NameAsync(gateway);
        var query = $"?name={Uri.EscapeDataString(name)}";
        Assert.Equal(HttpStatusCode.NoContent, await PostAsync(gateway, "/admin/workers/drain" + query));
        Assert.Equal(HttpStatusCode.NotFound, await PostAsync(gateway, "/admin/workers/drain?name=nobody"));
        var worker = (await GetAsync(gateway, "/console/api/workers")).GetProperty("workers")[0].GetProperty("worker");
        Assert.Equal((name, "drained", true), (worker.GetProperty("name").GetString(), worker.GetProperty("state").GetString(),
            worker.GetProperty("drained").GetBoolean()));
        Assert.Equal(0, (await GetAsync(gateway, "/console/api/queue")).GetProperty("lanes")[0].GetProperty("slots").GetInt32());
        Assert.Equal(("warning", $"{name} is drained and takes no jobs."), await FindingAsync(gateway, "engines"));

        Assert.Equal(HttpStatusCode.NoContent, await PostAsync(gateway, "/console/api/admin/workers/resume" + query));
        Assert.Equal(
            "idle", (await GetAsync(gateway, "/admin/workers")).GetProperty("workers")[0].GetProperty("state").GetString());
        Assert.Contains("worker drained", await gateway.Http.GetStringAsync("/admin/audit", Cancel), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_customer_sees_their_own_plan_credit_and_statement()
    {
        using var data = new TempFolder();
        await PaidCatalog.WriteAsync(data, Cancel);
        await using var gateway = await TestGateway.StartAsync(0, Cancel, data.Path);
        var account = await gateway.Http.AddAccountAsync("client", PaidCatalog.Plan, Cancel);
        await gateway.Http.AddCreditAsync(account, 1, Cancel);
        var (_, key) = await gateway.Http.AddKeyAsync(account, Cancel);
        using var client = AdminApi.With(gateway.Origin, key);
        await client.PostAsJsonAsync("/console/api/models/wan22-fast-t2v/jobs", new { prompt = "A fox" }, Cancel);

        var own = await client.GetFromJsonAsync<JsonElement>("/console/api/account", Cancel);
        Assert.Equal(("client", "paid", 1), (own.GetProperty("account").GetProperty("name").GetString(),
            own.GetProperty("plan_name").GetString(), own.GetProperty("queued").GetInt32()));
        Assert.Equal((0.75m, 0.25m), (own.GetProperty("balance").GetProperty("credit").GetDecimal(),
            own.GetProperty("balance").GetProperty("held").GetDecimal()));
        var lines = await client.GetFromJsonAsync<JsonElement>("/console/api/account/statement?format=json", Cancel);
        Assert.Equal(
            ["grant", "grant", "hold", "hold"], lines.EnumerateArray().Select(line => line.GetProperty("kind").GetString()));
        Assert.True((await gateway.Http.GetFromJsonAsync<JsonElement>("/admin/plans", Cancel)).GetProperty("plans")
            .GetProperty("paid").GetProperty("charging").GetBoolean());
    }

    [Fact]
    public async Task Usage_is_reported_to_operators_and_the_account_and_health_warns_of_failing_models()
    {
        await using var gateway = await TestGateway.StartAsync(1, Cancel);
        using var created = await gateway.Http.PostAsJsonAsync(
            "/console/api/models/wan22-fast-t2v/jobs", new { prompt = "A fox", duration = 0.5 }, Cancel);
        var id = (await created.Content.ReadFromJsonAsync<JsonElement>(Cancel)).GetProperty("id").GetInt64();
        await gateway.Http.GetStringAsync($"/console/api/jobs/{id}/stream", Cancel);

        foreach (var path in new[] { "/admin/accounts/first/usage", "/console/api/account/usage" })
        {
            var usage = await GetAsync(gateway, path);
            var line = Assert.Single(usage.GetProperty("usage").EnumerateArray());
            Assert.True(usage.GetProperty("complete").GetBoolean());
            Assert.Equal(("wan22-fast-t2v", 1, 0), (line.GetProperty("model").GetString(),
                line.GetProperty("completed").GetInt32(), line.GetProperty("failed").GetInt32()));
            var csv = (await gateway.Http.GetStringAsync(path + "?format=csv", Cancel)).Split("\r\n");
            Assert.Equal("day,model,completed,failed,cancelled,run_seconds,charged,currency", csv[0]);
            Assert.Contains(",wan22-fast-t2v,1,0,0,", csv[1], StringComparison.Ordinal);
        }

        foreach (var query in new[] { "format=xml", "from=2026-01-02T00:00:00Z&until=2026-01-01T00:00:00Z" })
        {
            using var rejected = await gateway.Http.GetAsync("/admin/accounts/first/usage?" + query, Cancel);
            Assert.Equal(HttpStatusCode.BadRequest, rejected.StatusCode);
        }

        Assert.Equal(("ok", "0 of 1 jobs failed in the last hour."), await FindingAsync(gateway, "jobs"));
        for (var i = 0; i < 3; i++)
            gateway.Service<RecentEnds>().Apply([Changes.Job(1, JobState.Failed) with { Model = "broken" }]);
        Assert.Equal(("warning", "broken: 3 of 3 jobs failed in the last hour."), await FindingAsync(gateway, "jobs"));
    }

    private static async Task<(string? Level, string? Says)> FindingAsync(TestGateway gateway, string check)
    {
        var found = (await GetAsync(gateway, "/console/api/admin/health")).GetProperty("findings")
            .EnumerateArray()
            .Single(finding => finding.GetProperty("check").GetString() == check);
        return (found.GetProperty("level").GetString(), found.GetProperty("says").GetString());
    }

    /// <summary>Slots say who they are once their engines are there.</summary>
    private static async Task<string> NameAsync(TestGateway gateway)
    {
        var idle = await Eventually.ReadAsync(
            async () => (await GetAsync(gateway, "/admin/workers")).GetProperty("workers")
                .EnumerateArray()
                .Where(worker => worker.GetProperty("state").GetString() == "idle")
                .ToList(),
            idle => idle.Count > 0,
            Cancel);
        return idle[0].GetProperty("name").GetString()!;
    }

    private static Task<JsonElement> GetAsync(TestGateway gateway, string path) =>
        gateway.Http.GetFromJsonAsync<JsonElement>(path, Cancel);

    private static async Task<HttpStatusCode> PostAsync(TestGateway gateway, string path)
    {
        using var answer = await gateway.Http.PostAsync(path, null, Cancel);
        return answer.StatusCode;
    }
}
