using Rushes.Accounts;
using Rushes.Database;
using Rushes.Server.Settings;

namespace Rushes.Server.Auth;

/// <summary>
/// The key of the first account: the one in the settings, or else one that is generated once and stored in a file. Only one
/// exists at a time.
/// </summary>
internal static class FirstKey
{
    public const string FileName = "api-key";

    /// <summary>Its name; no other key may have it.</summary>
    public const string Name = "first";

    /// <param name="shared">Several gateways use the database. Unless a key is set here, the key that another gateway
    /// generated is used.</param>
    /// <returns>The key if it was generated now, to be shown once.</returns>
    /// <exception cref="SettingsException">The key in the settings belongs to another account or was revoked.</exception>
    public static async Task<string?> EnsureAsync(
        IAccountStore accountStore, IKeyStore keyStore, string? set, string folder, bool shared, TimeProvider clock,
        CancellationToken cancel)
    {
        var account = await accountStore.EnsureAccountAsync("first", cancel);
        if (set is not null)
            return await TryAsync(set)
                ? null
                : throw new SettingsException("ApiKey: this key was revoked, or is one of the keys of an account; set another.");

        if (shared && (await keyStore.ReadKeysAsync(cancel)).Any(
            key => key.Account == account && key.Name == Name && key.RevokedAt is null)) return null;
        var file = new Folder(folder).File(FileName, allowLink: true);
        if (await KeptAsync(file, cancel) is { } kept && await TryAsync(kept)) return null;
        var made = ApiKey.NewKey();
        await KeepAsync(file, made);
        await TryAsync(made);
        return made;

        Task<bool> TryAsync(string key) => keyStore.SetFirstKeyAsync(
            new ApiKey
            {
                Hash = ApiKey.HashOf(key), Account = account, Name = Name, Scopes = Scopes.All, CreatedAt = clock.GetUtcNow(),
            },
            cancel);
    }

    /// <summary>
    /// Prints a new key on a terminal. Output that goes elsewhere is often kept as a log, and gets only the file.
    /// </summary>
    public static void Announce(string folder, string made)
    {
        var file = new Folder(folder).File(FileName, allowLink: true);
        System.Console.WriteLine(
            System.Console.IsOutputRedirected ? $"The API key is in {file}" : $"API key (kept in {file}): {made}");
    }

    /// <summary>Where to find the key, for people.</summary>
    public static string Hint(string? set, string folder) =>
        set is not null
            ? "the key in the settings"
            : new Folder(folder).File(FileName, allowLink: true) is var file && File.Exists(file)
            ? $"the key in {file}"
            : "a key of any gateway of this database";

    private static async Task<string?> KeptAsync(string file, CancellationToken cancel) =>
        File.Exists(file) && (await File.ReadAllTextAsync(file, cancel)).Trim() is { Length: > 0 } kept
            ? KeyStrength.FaultOf(kept) is { } fault ? throw new SettingsException($"{file}: the key {fault}") : kept
            : null;

    private static async Task KeepAsync(string file, string key)
    {
        var options = new FileStreamOptions { Mode = FileMode.Create, Access = FileAccess.Write };
        if (!OperatingSystem.IsWindows()) options.UnixCreateMode = UnixFileMode.UserRead | UnixFileMode.UserWrite;
        await using var writer = new StreamWriter(file, options);
        await writer.WriteLineAsync(key);
    }
}
