using Rushes.Accounts;
using Rushes.Server.Settings;

namespace Rushes.Server;

/// <summary>Repairs accounts when no key can reach the admin API any more.</summary>
public static class OfflineAccounts
{
    /// <summary>Re-enables the keys of a suspended account, directly in the database.</summary>
    /// <param name="account">Its id or name.</param>
    /// <exception cref="SettingsException">
    /// There is no such account, or the database cannot be used, for example because the gateway is running.
    /// </exception>
    public static async Task<Account> UnsuspendAsync(GatewayOptions options, string account, CancellationToken cancel)
    {
        if (!Directory.Exists(options.Data)) throw new SettingsException($"The data folder \"{options.Data}\" does not exist.");
        using var data = DataFolder.Open(options.Data);
        await using var database = await DatabaseChoice.OpenAsync(options, data, DatabaseChoice.Clock(options), cancel);
        var all = await database.Accounts.ReadAccountsAsync(cancel);
        var found = all.FirstOrDefault(each => each.Name == account || $"{each.Id}" == account);
        var change = new AccountChange(null, null, Suspended: false);
        return found is not null
            && await database.Accounts.ChangeAccountAsync(found.Id, change, AuditEntry.System, cancel)
                is AccountOutcome.Changed done
            ? done.Account
            : throw new SettingsException($"There is no account \"{account}\".");
    }
}
