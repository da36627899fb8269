using System.Text;
using Rushes.Database;
using Rushes.Files;

namespace Rushes.Retention;

/// <summary>
/// A file in the store identifies the database that it belongs to. Otherwise a gateway started with an empty database by
/// mistake would delete all files, because they belong to no job.
/// </summary>
/// <param name="folder">The folder for the temporary file.</param>
public sealed class StoreOwner(IKeyStore keyStore, IFileStore files, string folder)
{
    public const string Key = "owner.txt";

    /// <summary>Whether the store belongs to this database. A new store does from now on.</summary>
    public async Task<bool> IsOursAsync(CancellationToken cancel)
    {
        var id = Convert.ToHexStringLower(await keyStore.SecretAsync("store-owner", 16, cancel));
        await using (var there = await files.OpenAsync(Key, cancel))
        {
            if (there is not null)
            {
                using var reader = new StreamReader(there, Encoding.ASCII);
                return (await reader.ReadToEndAsync(cancel)).Trim() == id;
            }
        }

        var path = new Folder(folder).NewFile();
        await File.WriteAllTextAsync(path, id + "\n", cancel);
        await files.PutAsync(Key, path, "text/plain", cancel);
        File.Delete(path);
        return true;
    }
}
