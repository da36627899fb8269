using Xunit;

namespace Rushes.Tests.Conformance;

/// <summary>Stored bytes are counted by file and summed by account in the same commit.</summary>
public abstract partial class DatabaseConformance
{
    [Fact]
    public async Task Stored_files_are_counted_once_each()
    {
        Assert.Equal(0, await Database.FileCounts.ReadStoredBytesAsync(Account, Cancel));
        await Database.FileCounts.CountFilesAsync(
            [new("inputs/a1/x", Account, 100), new("outputs/a1/y", Account, 20), new("uploads/a9/z", 9, 3)], Cancel);
        await Database.FileCounts.CountFilesAsync([new("inputs/a1/x", Account, 100)], Cancel);
        Assert.Equal(120, await Database.FileCounts.ReadStoredBytesAsync(Account, Cancel));

        // Put again with another size.
        await Database.FileCounts.CountFilesAsync([new("inputs/a1/x", Account, 70)], Cancel);
        await Database.FileCounts.UncountFilesAsync(["outputs/a1/y", "outputs/a1/never"], Cancel);
        await Database.FileCounts.UncountFilesAsync(["outputs/a1/y"], Cancel);
        await ReopenAsync();

        Assert.Equal(70, await Database.FileCounts.ReadStoredBytesAsync(Account, Cancel));
        Assert.Equal(
            new Dictionary<int, long> { [Account] = 70, [9] = 3 }, await Database.FileCounts.ReadStoredBytesAsync(Cancel));
    }

    [Fact]
    public async Task Counted_keys_are_read_in_pages_up_to_a_time()
    {
        foreach (var name in (string[])["b", "a", "é", "C"])
            await Database.FileCounts.CountFilesAsync([new($"inputs/a1/{name}", Account, 1)], Cancel);
        Clock.Advance(TimeSpan.FromHours(1));
        await Database.FileCounts.CountFilesAsync([new("inputs/a1/late", Account, 1)], Cancel);

        Assert.Equal(
            ["inputs/a1/C", "inputs/a1/a", "inputs/a1/b"],
            await Database.FileCounts.ReadCountedKeysAsync("", Later(-60), 3, Cancel));
        Assert.Equal(["inputs/a1/é"], await Database.FileCounts.ReadCountedKeysAsync("inputs/a1/b", Later(-60), 3, Cancel));
    }
}
