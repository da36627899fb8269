using Rushes.Retention;

namespace Rushes.Tests;

/// <summary>The files of requests and jobs in a gateway's store.</summary>
internal static class Stored
{
    public static IEnumerable<string> FilesIn(string data) =>
        Directory.EnumerateFiles(Path.Combine(data, "files"), "*", SearchOption.AllDirectories).Where(
            file => Path.GetFileName(file) != StoreOwner.Key);
}
