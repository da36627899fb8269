using Rushes.Media;
using Xunit;

namespace Rushes.Tests.Media;

public sealed class InspectionSlotsTests
{
    private const long Small = 1, Large = 500;

    private readonly InspectionSlots slots = new(
        new InspectionSlotOptions { Slots = 2, Memory = 1000, LargeBytes = 100, MaxWaiting = 3 });

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    private Task<IDisposable?> EnterAsync(int account, long bytes) => slots.EnterAsync(account, bytes, Cancel);

    [Fact]
    public async Task Large_files_leave_a_slot_to_small_ones()
    {
        using var large = await EnterAsync(1, Large);
        var next = EnterAsync(1, Large);
        using var small = await EnterAsync(2, Small);
        Assert.NotNull(small);
        Assert.False(next.IsCompleted);
        large!.Dispose();
        using var then = await next;
        Assert.NotNull(then);
    }

    [Fact]
    public async Task Large_files_share_the_memory()
    {
        var slots = new InspectionSlots(new InspectionSlotOptions { Slots = 8, Memory = 1000, LargeBytes = 100, MaxWaiting = 8 });
        using var first = await slots.EnterAsync(1, 600, Cancel);
        using var second = await slots.EnterAsync(2, 400, Cancel);
        // Larger than all there is: it runs alone.
        var huge = slots.EnterAsync(3, 5000, Cancel);
        var behind = slots.EnterAsync(4, 100, Cancel);
        using var small = await slots.EnterAsync(5, Small, Cancel);

        first!.Dispose();
        Assert.False(huge.IsCompleted);
        // It could start, but then the huge one might wait for ever.
        Assert.False(behind.IsCompleted);
        second!.Dispose();
        using var alone = await huge;
        Assert.False(behind.IsCompleted);
        alone!.Dispose();
        using var last = await behind;
        Assert.NotNull(last);
    }

    [Fact]
    public async Task Accounts_take_turns()
    {
        var running = new List<IDisposable?> { await EnterAsync(1, Small), await EnterAsync(1, Small) };
        Task<IDisposable?>[] first = [EnterAsync(1, Small), EnterAsync(1, Small), EnterAsync(1, Small)];
        var second = EnterAsync(2, Small);
        var third = EnterAsync(3, Small);

        foreach (var next in new[] { first[0], second, third, first[1], first[2] })
        {
            running[0]!.Dispose();
            running.RemoveAt(0);
            running.Add(await next);
        }
        foreach (var slot in running) slot!.Dispose();
    }

    [Fact]
    public async Task What_waits_is_bounded_for_each_account()
    {
        using var one = await EnterAsync(1, Small);
        using var two = await EnterAsync(1, Small);
        Task<IDisposable?>[] waiting = [EnterAsync(1, Small), EnterAsync(1, Small), EnterAsync(1, Small)];
        Assert.Null(await EnterAsync(1, Small));

        var other = EnterAsync(2, Small);
        one!.Dispose();
        (await waiting[0])!.Dispose();
        (await other)!.Dispose();
        (await waiting[1])!.Dispose();
        (await waiting[2])!.Dispose();
    }

    [Fact]
    public async Task Whoever_gives_up_leaves_no_slot_taken()
    {
        using var disconnected = new CancellationTokenSource();
        var one = await EnterAsync(1, Small);
        var two = await EnterAsync(1, Small);
        var waits = slots.EnterAsync(1, Large, disconnected.Token);
        await disconnected.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => waits);
        one!.Dispose();
        two!.Dispose();
        two.Dispose();

        using var next = await EnterAsync(1, Large);
        using var small = await EnterAsync(2, Small);
        Assert.NotNull(small);
    }
}
