using System.Security.Cryptography;

namespace Rushes.Database.Postgres.Writes;

internal sealed class MakeSecret(string name, int bytes, CancellationToken cancel) : SingleWrite<byte[]>(cancel)
{
    protected override async Task<byte[]> ApplyAsync(Transaction transaction)
    {
        await transaction.RunAsync("INSERT INTO secrets (name, value) VALUES ($1, $2) ON CONFLICT (name) DO NOTHING", name, RandomNumberGenerator.GetBytes(bytes));
        return (await transaction.ReadAsync("SELECT value FROM secrets WHERE name = $1", [name], row => row.Bytes(0)))[0];
    }
}
