using Rushes.Jobs;
using Rushes.Server.WorkerApi;
using Rushes.Work;
using Xunit;

namespace Rushes.Tests.Work;

public sealed class WorkerRosterTests : IDisposable
{
    private readonly FakeClock clock = new();
    private readonly Capacity capacity = new();
    private readonly Drains drains = new();
    private readonly WorkerRoster roster;

    public WorkerRosterTests() => roster = new WorkerRoster(capacity, TimeSpan.FromMinutes(1), clock, drains);

    public void Dispose() => roster.Dispose();

    [Fact]
    public void A_slot_counts_in_the_lanes_that_it_serves_just_now()
    {
        roster.Meet(Offer("node/1", "t2v", "i2v"));
        Assert.Equal((1, 1), (capacity.Serving("t2v").Slots, capacity.Serving("i2v").Slots));

        // Its engine lost a model file, then went away altogether, and came back.
        roster.Meet(Offer("node/1", "t2v"));
        Assert.Equal((1, 0), (capacity.Serving("t2v").Slots, capacity.Serving("i2v").Slots));
        roster.Meet(Offer("node/1"));
        Assert.Equal(0, capacity.Serving("t2v").Slots);
        roster.Meet(Offer("node/1", "t2v", "i2v"));
        Assert.Equal((1, 1), (capacity.Serving("t2v").Slots, capacity.Serving("i2v").Slots));
    }

    [Fact]
    public void A_remote_worker_that_is_silent_is_forgotten_and_a_busy_one_is_not()
    {
        roster.Meet(Offer("node/1", "t2v"));
        roster.Meet(Offer($"{new RemoteName(7, "silent/1")}", "t2v"));
        roster.Meet(Offer($"{new RemoteName(7, "busy/1")}", "t2v"));
        for (var half = 0; half < 5; half++)
        {
            clock.Advance(TimeSpan.FromSeconds(30));
            roster.Hear($"{new RemoteName(7, "busy/1")}");
        }

        Assert.Equal(["node/1", "remote:7:busy/1"], roster.All.Select(entry => entry.Offer.Worker));
        Assert.Equal(2, capacity.Serving("t2v").Slots);
    }

    [Fact]
    public void A_drained_slot_counts_for_nothing_until_it_is_resumed()
    {
        roster.Meet(Offer("node/1", "t2v"));
        Assert.True(drains.Drain("node/1"));
        Assert.False(drains.Drain("node/1"));
        Assert.Equal(0, capacity.Serving("t2v").Slots);
        roster.Meet(Offer("node/1", "t2v", "i2v"));
        Assert.Equal(0, capacity.Serving("i2v").Slots);

        Assert.True(drains.Resume("node/1"));
        Assert.False(drains.Resume("node/1"));
        Assert.Equal((1, 1), (capacity.Serving("t2v").Slots, capacity.Serving("i2v").Slots));
    }

    private static ClaimOffer Offer(string worker, params string[] lanes) => new(worker, lanes, lanes);
}
