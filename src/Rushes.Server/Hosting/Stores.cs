using Rushes.Database;
using Rushes.Files;
using Rushes.Files.Local;
using Rushes.Retention;
using Rushes.Server.Settings;
using Rushes.Webhooks;

namespace Rushes.Server.Hosting;

/// <summary>
/// The database, the file store and the secrets kept in the database: opened once, before anything that uses them.
/// </summary>
internal sealed class Stores(GatewayOptions options, DataFolder data, TimeProvider clock, ILoggerFactory logs)
{
    private IDatabase? database;
    private IFileStore? files;

    public IDatabase Database => database ?? throw NotOpen();

    public IFileStore Files => files ?? throw NotOpen();

    /// <summary>The file store if it is local; the gateway then serves its signed URLs.</summary>
    public LocalFileStore? LocalFiles { get; private set; }

    public Signatures Signatures { get => field ?? throw NotOpen(); private set; }

    /// <summary>The key that job ids are encrypted with.</summary>
    public byte[] JobIdKey { get => field ?? throw NotOpen(); private set; }

    /// <summary>The key that links for uploads are signed with.</summary>
    public byte[] UploadKey { get => field ?? throw NotOpen(); private set; }

    /// <summary>The key that share links are signed with.</summary>
    public byte[] ShareKey { get => field ?? throw NotOpen(); private set; }

    /// <summary>The secret that protects what browsers carry to the identity provider and back.</summary>
    public byte[] SignInKey { get => field ?? throw NotOpen(); private set; }

    /// <exception cref="SettingsException">The database or the file store cannot be used.</exception>
    public async Task OpenAsync(CancellationToken cancel)
    {
        var opened = await DatabaseChoice.OpenAsync(options, data, clock, cancel);
        try
        {
            opened.LogTo(logs.CreateLogger(opened.GetType()));
            // Runs of this gateway that an earlier process left behind go back to the queue.
            await opened.Leases.InterruptAsync(data.Node + "/", cancel);
            var store = await StorageChoice.OpenAsync(
                options, data.Files, await opened.Keys.SecretAsync("links", 32, cancel), clock, cancel);
            LocalFiles = store as LocalFileStore;
            files = new CountedFiles(store, opened.FileCounts);
            UploadKey = await opened.Keys.SecretAsync("uploads", 32, cancel);
            ShareKey = await opened.Keys.SecretAsync("shares", 32, cancel);
            SignInKey = await opened.Keys.SecretAsync("sign-ins", 32, cancel);
            JobIdKey = await opened.Keys.SecretAsync("job-ids", 32, cancel);
            Signatures = await Signatures.LoadAsync(opened.Keys, cancel);
            database = opened;
        }
        catch
        {
            await opened.DisposeAsync();
            throw;
        }
    }

    private static InvalidOperationException NotOpen() => new("The stores are used before they are open.");
}
