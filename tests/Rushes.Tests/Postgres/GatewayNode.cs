using System.Collections.Concurrent;
using Rushes.Accounts;
using Rushes.Database.Postgres;
using Rushes.Jobs;
using Rushes.Tests.Conformance;

namespace Rushes.Tests.Postgres;

/// <summary>The state that a gateway keeps of a shared database.</summary>
internal sealed class GatewayNode
{
    private int rung;

    private GatewayNode(PostgresDatabase database)
    {
        Database = database;
        Backlog = new Backlog(Doorbell, new ConcurrencyLimits(_ => MaxRunning, () => MaxRunning is not null), Clock);
        database.Followers.Awaited = Backlog.Awaited;
        database.Followers.AddAccounts("test", account => Accounts[account.Id] = account);
        database.Followers.AddKeys("test", key => Keys[key.Id] = key);
        database.Followers.AddDeliveries("test", () => Interlocked.Increment(ref rung));
    }

    public PostgresDatabase Database { get; }

    public Doorbell Doorbell { get; } = new();

    public Backlog Backlog { get; }

    /// <summary>The concurrency limit of all accounts. Set it before they have jobs.</summary>
    public int? MaxRunning { get; set; }

    /// <summary>For calls of workers that wait for another gateway first.</summary>
    public FakeClock Clock { get; } = new();

    public ConcurrentDictionary<int, Account> Accounts { get; } = [];

    public ConcurrentDictionary<long, ApiKey> Keys { get; } = [];

    /// <summary>The number of notifications about waiting deliveries.</summary>
    public int Rung => Volatile.Read(ref rung);

    public Listening Listening { get; private set; } = null!;

    public static async Task<GatewayNode> StartAsync(PostgresUrl url, CancellationToken cancel)
    {
        var database = await PostgresDatabase.OpenAsync(url, new RetryPolicy(), TimeProvider.System, cancel);
        var node = new GatewayNode(database);
        await node.Backlog.LoadAsync(database.Jobs.ReadLiveAsync(cancel), cancel);
        database.Followers.AddJobs("test", node.Backlog.Apply);
        node.Listening = new Listening(database);
        await database.FollowAsync(cancel);
        return node;
    }

    public static NewJob NewJob(int account, string lane) =>
        DatabaseConformance.NewJob(account, lane, TimeProvider.System.GetUtcNow());
}
