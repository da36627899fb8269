using System.Security.Cryptography;

namespace Rushes.Database.Sqlite.Writes;

internal sealed class MakeSecret(string name, int bytes, CancellationToken cancel) : Write<byte[]>(cancel)
{
    protected override byte[] Apply(Transaction transaction)
    {
        using (var insert = transaction.Prepare("INSERT INTO secrets (name, value) VALUES (?, ?) ON CONFLICT (name) DO NOTHING"))
            insert.Bind(name).BindBlob(RandomNumberGenerator.GetBytes(bytes)).Execute();

        using var select = transaction.Prepare("SELECT value FROM secrets WHERE name = ?");
        select.Bind(name).Step();
        return select.Bytes(0).ToArray();
    }
}
