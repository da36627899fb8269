using Rushes.Accounts;
using Rushes.Database;

namespace Rushes.Server.Auth;

/// <summary>The key of the first account: the one that was set, else one that is made once and kept in a file.</summary>
internal static class FirstKey
{
    public const string FileName = "api-key";

    /// <returns>The key if it was made just now, to be shown once.</returns>
    public static async Task<string?> EnsureAsync(IDatabase database, string? set, string folder, TimeProvider clock, CancellationToken cancel)
    {
        var account = await database.EnsureAccountAsync("first", cancel);
        var (key, made) = set is null ? await KeptAsync(Path.Combine(folder, FileName), cancel) : (set, false);
        await database.AddKeyAsync(new ApiKey(ApiKey.HashOf(key), account, Scopes.All, clock.GetUtcNow()), cancel);
        return made ? key : null;
    }

    private static async Task<(string Key, bool Made)> KeptAsync(string path, CancellationToken cancel)
    {
        if (File.Exists(path) && (await File.ReadAllTextAsync(path, cancel)).Trim() is { Length: >= 16 } kept) return (kept, false);

        var key = ApiKey.NewKey();
        var options = new FileStreamOptions { Mode = FileMode.Create, Access = FileAccess.Write };
        if (!OperatingSystem.IsWindows()) options.UnixCreateMode = UnixFileMode.UserRead | UnixFileMode.UserWrite;
        await using var file = new StreamWriter(path, options);
        await file.WriteLineAsync(key);
        return (key, true);
    }
}
