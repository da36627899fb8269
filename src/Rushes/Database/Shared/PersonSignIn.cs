using System.Security.Cryptography;
using Rushes.Accounts;

namespace Rushes.Database.Shared;

/// <summary>What a sign-in of a person changes, in one commit: the account, the key, its scopes and its sessions.</summary>
internal static class PersonSignIn
{
    public static async Task<SignInOutcome> RunAsync(ITransaction transaction, Person person)
    {
        var known = await transaction.ReadAsync(Statements.FindKeyOfPerson, [person.Id], KeyRow.Read);
        if (person.Scopes == Scopes.None)
        {
            if (known is [var former]) await SessionStore.EndOfKeyAsync(transaction, former.Id);
            return new SignInOutcome.NotAllowed();
        }

        return known is [var key] ? await ReturnAsync(transaction, person, key) : await JoinAsync(transaction, person);
    }

    private static async Task<SignInOutcome> ReturnAsync(ITransaction transaction, Person person, ApiKey key)
    {
        if (key.RevokedAt is not null) return new SignInOutcome.Revoked();
        if (key.Scopes == person.Scopes && key.Name == person.KeyName) return new SignInOutcome.SignedIn(key);

        var changed = await transaction.ChangeAsync(
            Statements.UpdateKeyOfPerson, [person.KeyName, (int)person.Scopes, person.Id], KeyRow.Read);
        transaction.Changes.Keys.AddRange(changed);
        if (key.Scopes != person.Scopes) await SessionStore.EndOfKeyAsync(transaction, key.Id);
        await AuditLog.AppendAsync(transaction, AuditTexts.KeyChanged(AuditEntry.System, changed[0]));
        return new SignInOutcome.SignedIn(changed[0]);
    }

    private static async Task<SignInOutcome> JoinAsync(ITransaction transaction, Person person)
    {
        var account = await AccountStore.FindAsync(transaction, person.Account);
        if (account is not null && !person.MayJoin) return new SignInOutcome.AccountExists();
        if (account is null)
        {
            var created = (await AccountStore.InsertAsync(transaction, person.Account, Account.DefaultPlan))!;
            await AuditLog.AppendAsync(transaction, AuditTexts.AccountCreated(AuditEntry.System, created));
            account = created.Id;
        }

        // No text has this hash, so the key opens sessions and nothing else.
        var made = await transaction.ChangeAsync(
            Statements.InsertKeyOfPerson,
            [
                RandomNumberGenerator.GetBytes(SHA256.HashSizeInBytes), account, person.KeyName, (int)person.Scopes,
                transaction.Now, person.Id,
            ],
            KeyRow.Read);
        transaction.Changes.Keys.AddRange(made);
        await AuditLog.AppendAsync(transaction, AuditTexts.KeyCreated(AuditEntry.System, made[0]));
        return new SignInOutcome.SignedIn(made[0]);
    }
}
