using Rushes.Jobs;
using Xunit;

namespace Rushes.Tests.Jobs;

/// <summary>When queued jobs would start on the slots that serve them.</summary>
public sealed class SlotTimesTests
{
    [Theory]
    // One slot: after its job and the work ahead.
    [InlineData(1, new int[0], 0, 0)]
    [InlineData(1, new int[0], 5, 5)]
    [InlineData(1, new[] { 7 }, 0, 7)]
    [InlineData(1, new[] { 7 }, 5, 12)]
    // A free slot takes the first job at once, and shares the work with a busy one once that is free.
    [InlineData(2, new[] { 7 }, 0, 0)]
    [InlineData(2, new[] { 7 }, 3, 3)]
    [InlineData(2, new[] { 7 }, 9, 8)]
    // All busy: at the first that ends.
    [InlineData(3, new[] { 9, 2, 4 }, 0, 2)]
    [InlineData(3, new[] { 9, 2, 4 }, 2, 4)]
    [InlineData(3, new[] { 9, 2, 4 }, 4, 5)]
    [InlineData(3, new[] { 9, 2, 4 }, 15, 10)]
    // More jobs than slots: drained workers finish theirs and take no other.
    [InlineData(1, new[] { 1, 6 }, 0, 6)]
    public void Work_starts_when_the_slots_are_free(int slots, int[] running, int work, int start) =>
        Assert.Equal(
            TimeSpan.FromMilliseconds(start),
            new SlotTimes(slots, running.Select(time => TimeSpan.FromMilliseconds(time))).StartAfter(work));
}
