using System.Net;
using System.Net.Http.Json;
using System.Text.Json;
using Rushes.Server.Settings;
using Rushes.Tests.Postgres;
using Xunit;

namespace Rushes.Tests.Faults;

/// <summary>Two gateways on one PostgreSQL.</summary>
public sealed class SharedDatabaseTests : IAsyncLifetime
{
    private static readonly object Short = new { prompt = "a wave", duration = 0.5, width = 512, height = 512 };

    private readonly TempFolder[] data = [new(), new()];
    private PostgresCluster server = null!;
    private string database = "";

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync() =>
        (server, database) = (await PostgresCluster.SharedAsync(), await PostgresCluster.RentAsync());

    public ValueTask DisposeAsync()
    {
        PostgresCluster.Return(database);
        foreach (var folder in data) folder.Dispose();
        return ValueTask.CompletedTask;
    }

    [Fact]
    public async Task Positions_are_the_same_at_both_and_any_of_them_cancels()
    {
        await using var first = await StartAsync(0, workers: 0);
        await using var second = await StartAsync(1, workers: 0);
        var ids = new List<string>();
        for (var i = 0; i < 6; i++) ids.Add(await CreateAsync(i % 2 == 0 ? first : second, Short));
        foreach (var gateway in new[] { first, second })
            for (var place = 0; place < ids.Count; place++) await PositionAsync(gateway, ids[place], place);

        using (await second.Http.PutAsync($"/queue/wan22-fast-t2v/requests/{ids[0]}/cancel", null, Cancel)) { }
        await PositionAsync(first, ids[5], 4);
        Assert.Equal("CANCELLED", (await StatusAsync(first, ids[0])).GetProperty("status").GetString());
    }

    [Fact]
    public async Task A_key_revoked_at_one_is_good_at_neither()
    {
        await using var first = await StartAsync(0, workers: 0);
        await using var second = await StartAsync(1, workers: 0);
        using var made = await first.Http.PostAsJsonAsync(
            "/admin/keys", new { account = "first", name = "app", scopes = new[] { "read" } }, Cancel);
        var key = await made.Content.ReadFromJsonAsync<JsonElement>(Cancel);
        await AnswerAsync(second, key.GetProperty("key").GetString()!, HttpStatusCode.NotFound);
        using (var deleted = await first.Http.DeleteAsync($"/admin/keys/{key.GetProperty("id")}", Cancel))
            deleted.EnsureSuccessStatusCode();
        await AnswerAsync(second, key.GetProperty("key").GetString()!, HttpStatusCode.Unauthorized);
    }

    [Fact]
    public async Task A_killed_gateway_takes_back_its_own_runs_and_leaves_the_others()
    {
        using var folder = new TempFolder();
        var engine = new WaitingEngine(folder);
        var draw = await engine.WriteAsync(Cancel);
        await using var first = await StartAsync(0, workers: 1, new GatewayOptions { Engine = draw });
        await using var second = await GatewayProcess.StartAsync(
            data[1].Path, 1, Cancel, "--database", server.Url(database), "--engine", draw);
        var ids = new[] { await CreateAsync(first, Short), await CreateAsync(first, Short) };
        // Each gateway runs one of them, because neither job ends.
        await first.LoggedAsync("JobStarted", Cancel);
        Assert.NotNull(await second.WaitForAsync("JobStarted", Cancel));
        await second.KillAsync();

        await using var again = await StartAsync(1, workers: 1, new GatewayOptions { Engine = draw });
        await engine.GoAsync(Cancel);
        foreach (var id in ids) await EndAsync(first, id);
        Assert.Equal("0 1", await server.ReadAsync(database, "SELECT sum(attempts) || ' ' || sum(interruptions) FROM jobs"));
    }

    [Fact]
    public async Task What_one_takes_in_the_other_makes_and_delivers()
    {
        var shared = new GatewayOptions { Storage = $"local={data[0]["shared"]}", FetchAllow = "127.0.0.0/8" };
        await using var front = await StartAsync(0, workers: 1, shared with { Roles = "api" });
        await using var back = await StartAsync(
            1, workers: 1, shared with { Roles = "work,sweep,webhooks", PublicUrl = front.Origin });
        using (var ready = await back.Http.GetAsync("/health/ready", Cancel)) Assert.Equal(HttpStatusCode.OK, ready.StatusCode);
        using (var rejected = await back.Http.PostAsJsonAsync("/queue/wan22-fast-t2v", Short, Cancel))
            Assert.Equal(HttpStatusCode.NotFound, rejected.StatusCode);

        // Nobody listens there, which is told in the job's deliveries.
        var id = await CreateAsync(
            front, new { prompt = "a wave", duration = 0.5, width = 512, height = 512, webhook_url = "http://127.0.0.1:8799/" });
        await EndAsync(front, id);
        await UntilAsync(
            async () => await server.ReadAsync(
                database, $"SELECT count(*) FROM delivery_tries JOIN deliveries ON delivery = id WHERE job = {id}") != "0");
        Assert.NotEmpty((await front.Http.GetFromJsonAsync<JsonElement>($"/queue/wan22-fast-t2v/requests/{id}", Cancel))
            .GetProperty("video").GetProperty("data_uri").GetBytesFromBase64());
        Assert.True(back.HasLogged("JobStarted"));
        Assert.False(front.HasLogged("JobStarted"));
    }

    [Fact]
    public async Task Callbacks_from_where_nobody_is_answered_need_the_public_address()
    {
        await using var gateway = GatewayProcess.Launch(
            ["serve", "--data", data[0].Path, "--roles", "work,webhooks"], TestGateway.Key);
        Assert.NotNull(await gateway.WaitForAsync("webhooks without api needs PublicUrl", Cancel));
        Assert.Equal(2, await gateway.ExitAsync(Cancel));
    }

    private Task<TestGateway> StartAsync(int which, int workers, GatewayOptions? options = null) => TestGateway.StartAsync(
        workers, Cancel, data[which].Path, (options ?? new GatewayOptions()) with { Database = server.Url(database) });

    private static async Task<string> CreateAsync(TestGateway gateway, object input)
    {
        using var answer = await gateway.Http.PostAsJsonAsync("/queue/wan22-fast-t2v", input, Cancel);
        answer.EnsureSuccessStatusCode();
        return (await answer.Content.ReadFromJsonAsync<JsonElement>(Cancel)).GetProperty("request_id").GetString()!;
    }

    private static async Task PositionAsync(TestGateway gateway, string id, int expected) =>
        await UntilAsync(async () => (await StatusAsync(gateway, id)) is var status
            && status.TryGetProperty(
                "queue_position",
                out var position) && position.GetInt32() == expected && status.GetProperty("status").GetString() == "IN_QUEUE");

    private static async Task EndAsync(TestGateway gateway, string id) => Assert.Equal(
        "COMPLETED", (await Eventually.EndedAsync(gateway.Http, id, Cancel)).GetProperty("status").GetString());

    private static async Task<JsonElement> StatusAsync(TestGateway gateway, string id) =>
        await gateway.Http.GetFromJsonAsync<JsonElement>($"/queue/wan22-fast-t2v/requests/{id}/status", Cancel);

    private static Task AnswerAsync(TestGateway gateway, string key, HttpStatusCode expected) => UntilAsync(async () =>
    {
        using var request = new HttpRequestMessage(
            HttpMethod.Get, new Uri(gateway.Http.BaseAddress!, "/queue/wan22-fast-t2v/requests/999/status"));
        request.Headers.Authorization = new("Bearer", key);
        using var http = new HttpClient();
        using var answer = await http.SendAsync(request, Cancel);
        return answer.StatusCode == expected;
    });

    private static Task UntilAsync(Func<Task<bool>> condition) => Eventually.TrueAsync(condition, Cancel);
}
