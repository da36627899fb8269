namespace Rushes.Files;

/// <summary>Keys begin with what a file is and whose: <c>inputs/a1/…</c>, <c>outputs/a1/…</c>, <c>uploads/a1/…</c>.</summary>
public static class FileOwner
{
    public static bool Owns(int account, string key)
    {
        var slash = key.IndexOf('/', StringComparison.Ordinal);
        return slash > 0 && key.AsSpan(slash + 1).StartsWith($"a{account}/", StringComparison.Ordinal);
    }
}
