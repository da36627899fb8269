using Xunit;

namespace Rushes.Tests;

public sealed class FakeClockTests
{
    [Fact]
    public async Task Waits_end_when_the_clock_gets_there()
    {
        var clock = new FakeClock();
        var wait = Task.Delay(TimeSpan.FromSeconds(10), clock, TestContext.Current.CancellationToken);
        clock.Advance(TimeSpan.FromSeconds(9));
        Assert.False(wait.IsCompleted);
        clock.Advance(TimeSpan.FromSeconds(1));
        await wait;
    }

    [Fact]
    public void Timers_fire_in_order_and_see_their_own_time()
    {
        var clock = new FakeClock();
        var start = clock.GetUtcNow();
        var fired = new List<double>();
        using var slow = clock.CreateTimer(
            _ => fired.Add(-(clock.GetUtcNow() - start).TotalSeconds), null, TimeSpan.FromSeconds(3), TimeSpan.Zero);
        using var fast = clock.CreateTimer(
            _ => fired.Add((clock.GetUtcNow() - start).TotalSeconds), null, TimeSpan.FromSeconds(2), TimeSpan.FromSeconds(2));
        clock.Advance(TimeSpan.FromSeconds(4));
        Assert.Equal([2, -3, 4], fired);
    }
}
