using Rushes.Database.Postgres;
using Xunit;

namespace Rushes.Tests.Postgres;

/// <summary>Tests with three gateways on one database, and an account.</summary>
public abstract class ThreeGateways : IAsyncLifetime
{
    protected string Database { get; private set; } = "";

    private protected List<GatewayNode> Nodes { get; } = [];

    protected int Account { get; private set; }

    protected static CancellationToken Cancel => TestContext.Current.CancellationToken;

    protected static DateTimeOffset Later => TimeProvider.System.GetUtcNow().AddMinutes(1);

    public async ValueTask InitializeAsync()
    {
        Database = await PostgresCluster.RentAsync();
        var url = PostgresUrl.Parse((await PostgresCluster.SharedAsync()).Url(Database));
        for (var i = 0; i < 3; i++) Nodes.Add(await GatewayNode.StartAsync(url, Cancel));
        Account = await Nodes[0].Database.Accounts.EnsureAccountAsync("alice", Cancel);
    }

    public async ValueTask DisposeAsync()
    {
        foreach (var node in Nodes) await node.Database.DisposeAsync();
        PostgresCluster.Return(Database);
        GC.SuppressFinalize(this);
    }
}
