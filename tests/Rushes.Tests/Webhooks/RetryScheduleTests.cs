using Rushes.Webhooks;
using Xunit;

namespace Rushes.Tests.Webhooks;

public sealed class RetryScheduleTests
{
    [Theory]
    [InlineData(0.0)]
    [InlineData(0.5)]
    [InlineData(1.0)]
    public void Waits_grow_and_end_within_a_day(double chance)
    {
        var waits = Enumerable.Range(1, 100)
            .Select(tries => RetrySchedule.Wait(tries, null, chance))
            .TakeWhile(wait => wait is not null)
            .ToList();
        Assert.Equal(10, waits.Count);
        Assert.Equal(waits.Order(), waits);
        Assert.InRange(waits[0]!.Value, TimeSpan.FromSeconds(4), TimeSpan.FromSeconds(10));
        Assert.InRange(waits.Sum(wait => wait!.Value.TotalHours), 19, 24);
    }

    [Theory]
    [InlineData(0.0, 4.5)]
    [InlineData(0.5, 5)]
    [InlineData(1.0, 5.5)]
    public void A_wait_is_a_tenth_more_or_less_by_chance(double chance, double seconds) =>
        Assert.Equal(TimeSpan.FromSeconds(seconds), RetrySchedule.Wait(1, null, chance));

    [Fact]
    public void A_receiver_cannot_bring_a_try_forward_nor_ask_for_one_more()
    {
        Assert.Equal(TimeSpan.FromHours(8), RetrySchedule.Wait(10, TimeSpan.FromSeconds(1), 0.5));
        Assert.Equal(TimeSpan.FromSeconds(5), RetrySchedule.Wait(1, TimeSpan.FromSeconds(-60), 0.5));
        Assert.Null(RetrySchedule.Wait(11, TimeSpan.FromSeconds(1), 0.5));
    }
}
