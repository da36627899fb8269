using System.Globalization;

namespace Rushes.Files;

/// <summary>
/// Keys start with the kind of file and its account: <c>inputs/a1/…</c>, <c>outputs/a1/…</c>, <c>uploads/a1/…</c>.
/// </summary>
public static class FileOwner
{
    /// <summary>The account that owns the file; null if it belongs to no account.</summary>
    public static int? AccountOf(string key)
    {
        var parts = key.Split('/');
        return parts.Length > 2
            && parts[1].StartsWith('a')
            && int.TryParse(parts[1].AsSpan(1), NumberStyles.None, CultureInfo.InvariantCulture, out var account)
            ? account
            : null;
    }

    public static bool Owns(int account, string key)
    {
        var slash = key.IndexOf('/', StringComparison.Ordinal);
        return slash > 0 && key.AsSpan(slash + 1).StartsWith($"a{account}/", StringComparison.Ordinal);
    }
}
