using System.Collections.Concurrent;
using Rushes.Database;
using Xunit;

namespace Rushes.Tests.Postgres;

/// <summary>Clients that create jobs at several gateways one after the other, also while the server is unavailable.</summary>
internal sealed class CreatingClients
{
    private const int Clients = 24;

    private readonly ConcurrentBag<long> created = [];
    private readonly IReadOnlyList<GatewayNode> nodes;
    private readonly CancellationToken cancel;
    private readonly int[] made;
    private readonly Task[] clients;
    private int unknown;
    private bool done;

    public CreatingClients(IReadOnlyList<GatewayNode> nodes, int account, CancellationToken cancel)
    {
        (this.nodes, this.cancel, made) = (nodes, cancel, new int[nodes.Count]);
        clients = [.. Enumerable.Range(0, Clients).Select(i => Task.Run(() => CreateAsync(i % nodes.Count, account)))];
    }

    /// <summary>Each gateway finds the server again by itself, so each must have made jobs before a test goes on.</summary>
    public async Task UntilEachMadeAsync(int more)
    {
        var aims = made.Select(count => count + more).ToArray();
        await Eventually.TrueWhileAsync(
            clients, () => !aims.Where((aim, node) => Volatile.Read(ref made[node]) < aim).Any(), cancel);
    }

    public Task StopAsync()
    {
        Volatile.Write(ref done, true);
        return Task.WhenAll(clients);
    }

    /// <summary>
    /// Every job that was acknowledged is in the database once, and no others but those whose clients were told that they may be.
    /// Returns how many there are.
    /// </summary>
    public async Task<int> AssertKeptAsync()
    {
        var live = await nodes[0].Database.Jobs.ReadLiveAsync(cancel).Select(job => job.Id).ToListAsync(cancel);
        Assert.Equal(created.Count, created.Distinct().Count());
        Assert.Empty(created.Except(live));
        Assert.InRange(live.Count, created.Count, created.Count + unknown);
        foreach (var node in nodes) await node.Listening.UntilAsync(() => node.Backlog.Count == live.Count);
        return live.Count;
    }

    private async Task CreateAsync(int node, int account)
    {
        while (!Volatile.Read(ref done))
            try
            {
                var job = GatewayNode.NewJob(account, "t2v") with { Price = 1 };
                var outcome = await nodes[node].Database.Jobs.SubmitAsync(job, cancel);
                created.Add(Assert.IsType<SubmitOutcome.Created>(outcome).Id);
                Interlocked.Increment(ref made[node]);
            }
            catch (DatabaseAwayException error)
            {
                if (error.MayBeDone) Interlocked.Increment(ref unknown);
                await Eventually.PauseAsync(cancel);
            }
    }
}
