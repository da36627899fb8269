using Rushes.Database;
using Rushes.Database.Postgres;
using Rushes.Jobs;
using Xunit;

namespace Rushes.Tests.Postgres;

/// <summary>Gateways on machines whose clocks are wrong, or jump.</summary>
public sealed class ServerClockTests : IAsyncLifetime
{
    private readonly Machine machine = new();
    private readonly ServerClock clock;
    private string name = "";
    private GatewayNode right = null!;
    private PostgresDatabase wrong = null!;
    private int account;

    public ServerClockTests() => clock = new ServerClock(machine);

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    private static DateTimeOffset Now => TimeProvider.System.GetUtcNow();

    public async ValueTask InitializeAsync()
    {
        name = await PostgresCluster.RentAsync();
        var url = PostgresUrl.Parse((await PostgresCluster.SharedAsync()).Url(name));
        right = await GatewayNode.StartAsync(url, Cancel);
        wrong = await PostgresDatabase.OpenAsync(url, new RetryPolicy(), clock, Cancel);
        account = await right.Database.Accounts.EnsureAccountAsync("alice", Cancel);
    }

    public async ValueTask DisposeAsync()
    {
        await right.Database.DisposeAsync();
        await wrong.DisposeAsync();
        PostgresCluster.Return(name);
    }

    [Theory]
    [InlineData(-90)]
    [InlineData(90)]
    [InlineData(864_000)]
    public async Task A_gateway_whose_clock_jumps_takes_no_job_from_its_worker_and_gives_none_too_long(int seconds)
    {
        foreach (var _ in "12") await right.Database.Jobs.SubmitAsync(GatewayNode.NewJob(account, "t2v"), Cancel);
        var theirs = await right.Database.Leases.ClaimAsync(new ClaimRequest("right/1", ["t2v"], Now.AddSeconds(60)), Cancel);
        Assert.NotNull(theirs);

        machine.Ahead = TimeSpan.FromSeconds(seconds);
        Assert.Equal(0, await wrong.Leases.SweepAsync(clock.GetUtcNow(), Cancel));
        machine.Ahead = -machine.Ahead;
        var own = await wrong.Leases.ClaimAsync(new ClaimRequest("wrong/1", ["t2v"], clock.GetUtcNow().AddSeconds(60)), Cancel);
        machine.Ahead = -machine.Ahead;
        Assert.Equal(
            LeaseAnswer.Held,
            await wrong.Leases.RenewAsync(own!.Job.Id, own.Fence, clock.GetUtcNow().AddSeconds(60), default, Cancel));

        Assert.Equal(0, await right.Database.Leases.SweepAsync(Now, Cancel));
        Assert.Equal(
            LeaseAnswer.Held,
            await right.Database.Leases.RenewAsync(theirs.Job.Id, theirs.Fence, Now.AddSeconds(60), default, Cancel));
        Assert.Equal(2, await right.Database.Leases.SweepAsync(Now.AddSeconds(120), Cancel));
        // Within the time that an answer of the server may take here, and far from what the clocks jumped.
        Assert.InRange((clock.GetUtcNow() - Now).TotalSeconds, -45, 45);
    }

    [Fact]
    public void Between_question_and_answer_anything_may_be_the_time()
    {
        var asked = clock.GetUtcNow();
        Assert.Equal(TimeSpan.Zero, clock.Set(asked, asked.AddSeconds(5), asked.AddSeconds(9)));
        Assert.Equal(TimeSpan.FromSeconds(3), clock.Set(asked, asked.AddSeconds(12), asked.AddSeconds(9)));
    }

    private sealed class Machine : TimeProvider
    {
        public TimeSpan Ahead { get; set; }

        public override DateTimeOffset GetUtcNow() => System.GetUtcNow() + Ahead;
    }
}
