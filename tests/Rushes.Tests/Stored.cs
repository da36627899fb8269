using Rushes.Retention;
using Xunit;

namespace Rushes.Tests;

/// <summary>
/// The files of requests and jobs in a gateway's data folder. A new gateway writes a file of its own in the background, through
/// both folders of unfinished files; every method waits until it is there.
/// </summary>
internal static class Stored
{
    /// <summary>All stored files, including unfinished ones.</summary>
    public static async Task<IReadOnlyList<string>> FilesInAsync(string data, CancellationToken cancel)
    {
        await OwnerWrittenAsync(data, cancel);
        return [.. AllIn(data).Where(file => Path.GetFileName(file) != StoreOwner.Key)];
    }

    /// <summary>The files of requests that have not been stored.</summary>
    public static async Task<IReadOnlyList<string>> IncomingInAsync(string data, CancellationToken cancel)
    {
        await OwnerWrittenAsync(data, cancel);
        return Directory.GetFiles(Path.Combine(data, "incoming"));
    }

    /// <summary>Asserts that no request has left a file.</summary>
    public static async Task AssertEmptyAsync(string data, CancellationToken cancel)
    {
        Assert.Empty(await FilesInAsync(data, cancel));
        Assert.Empty(await IncomingInAsync(data, cancel));
    }

    /// <summary>Waits until the gateway has marked its new store with <see cref="StoreOwner"/>.</summary>
    public static Task OwnerWrittenAsync(string data, CancellationToken cancel) => Eventually.TrueAsync(
        () => AllIn(data).Any(file => Path.GetFileName(file) == StoreOwner.Key), cancel);

    private static string[] AllIn(string data) =>
        Directory.GetFiles(Path.Combine(data, "files"), "*", SearchOption.AllDirectories);
}
