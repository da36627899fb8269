using System.Net;
using System.Net.Http.Json;
using Rushes.Database;
using Rushes.Database.Postgres;
using Rushes.Jobs;
using Rushes.Server.Settings;
using Xunit;

namespace Rushes.Tests.Postgres;

/// <summary>The maximum number of queued jobs of an account whose requests arrive at several gateways at the same time.</summary>
public sealed class QueueLimitTests : IAsyncLifetime
{
    private readonly List<GatewayNode> nodes = [];
    private string name = "";
    private PostgresUrl url = null!;
    private int account;

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync()
    {
        name = await PostgresCluster.RentAsync();
        url = PostgresUrl.Parse((await PostgresCluster.SharedAsync()).Url(name));
        for (var i = 0; i < 3; i++) nodes.Add(await GatewayNode.StartAsync(url, Cancel));
        account = await nodes[0].Database.Accounts.EnsureAccountAsync("alice", Cancel);
    }

    public async ValueTask DisposeAsync()
    {
        foreach (var node in nodes) await node.Database.DisposeAsync();
        PostgresCluster.Return(name);
    }

    [Theory]
    [InlineData(5)]
    [InlineData(100)]
    [InlineData(150)]
    public async Task Requests_at_once_at_three_gateways_fill_the_queue_to_its_last_place_and_no_further(int most)
    {
        var outcomes = await Task.WhenAll(Enumerable.Range(0, 3 * most).Select(i => SubmitAsync(nodes[i % 3], most)));
        Assert.Equal(most, outcomes.Count(outcome => outcome is SubmitOutcome.Created));
        Assert.Equal(2 * most, outcomes.Count(outcome => outcome is SubmitOutcome.QueueFull));

        // A place that becomes free is taken once, at whichever gateway.
        var (job, other) = (Ids(outcomes).First(), await nodes[0].Database.Accounts.EnsureAccountAsync("bob", Cancel));
        await nodes[1].Database.Jobs.CancelAsync(job, account, false, Cancel);
        var again = await Task.WhenAll(Enumerable.Range(0, 9).Select(i => SubmitAsync(nodes[i % 3], most)));
        Assert.Single(Ids(again));
        // The queue of one account is not that of another.
        Assert.IsType<SubmitOutcome.Created>(await nodes[2].Database.Jobs.SubmitAsync(
            GatewayNode.NewJob(other, "t2v") with { QueueLimit = Limit(nodes[2], other, most) }, Cancel));
    }

    [Fact]
    public async Task Near_its_limit_an_account_waits_for_the_commits_of_other_gateways()
    {
        await using var open = await OpenGroup.BeginAsync(url, Cancel);
        await open.SubmitAsync(GatewayNode.NewJob(account, "t2v"));
        var last = SubmitAsync(nodes[0], most: 1);
        await open.CommitAsync();
        Assert.IsType<SubmitOutcome.QueueFull>(await last);
    }

    [Fact]
    public async Task Far_from_its_limit_an_account_waits_for_no_gateway()
    {
        await using var open = await OpenGroup.BeginAsync(url, Cancel);
        await open.SubmitAsync(GatewayNode.NewJob(account, "t2v"));
        for (var i = 0; i < 6; i++) Assert.IsType<SubmitOutcome.Created>(await SubmitAsync(nodes[i % 3], most: 30));
        await open.CommitAsync();
    }

    [Fact]
    public async Task Two_gateways_answer_that_the_queue_is_full()
    {
        using var folder = new TempFolder();
        await File.WriteAllTextAsync(folder["catalog.json"], """{ "plans": { "default": { "mostQueued": 40 } } }""", Cancel);
        var options = new GatewayOptions
        {
            Database = (await PostgresCluster.SharedAsync()).Url(name), Catalog = folder["catalog.json"],
        };
        await using var first = await TestGateway.StartAsync(0, Cancel, options: options);
        await using var second = await TestGateway.StartAsync(0, Cancel, options: options);
        var answers = await Task.WhenAll(Enumerable.Range(0, 80).Select(i => CreateAsync(i % 2 == 0 ? first : second)));
        Assert.All(answers, answer => Assert.True(answer is HttpStatusCode.OK or HttpStatusCode.TooManyRequests));
        var taken = answers.Count(answer => answer == HttpStatusCode.OK);
        Assert.InRange(taken, 1, 40);
        // A gateway may count a job twice while it is created, and reject one too many; one by one it is exact.
        for (; taken <= 40; taken++)
            Assert.Equal(
                taken < 40 ? HttpStatusCode.OK : HttpStatusCode.TooManyRequests,
                await CreateAsync(taken % 2 == 0 ? first : second));
    }

    private static async Task<HttpStatusCode> CreateAsync(TestGateway gateway)
    {
        using var answer = await gateway.Http.PostAsJsonAsync("/queue/wan22-fast-t2v", new { prompt = "A fox" }, Cancel);
        return answer.StatusCode;
    }

    private static QueueLimit Limit(GatewayNode node, int account, int most) =>
        new(most, () => node.Backlog.QueuedOf(account));

    private static IEnumerable<long> Ids(IEnumerable<SubmitOutcome> outcomes) =>
        outcomes.OfType<SubmitOutcome.Created>().Select(created => created.Id);

    private Task<SubmitOutcome> SubmitAsync(GatewayNode node, int most) => node.Database.Jobs.SubmitAsync(
        GatewayNode.NewJob(account, "t2v") with { QueueLimit = Limit(node, account, most) }, Cancel);
}
