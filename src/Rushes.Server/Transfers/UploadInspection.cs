using Rushes.Catalog;
using Rushes.Files;
using Rushes.Media;

namespace Rushes.Server.Transfers;

/// <summary>Files that come by upload links are held to what a request's media are, before they are stored.</summary>
public sealed class UploadInspection(Inspector inspector, ModelCatalog catalog)
{
    private static readonly MediaKind[] AnyKind = Enum.GetValues<MediaKind>();

    /// <summary>Bytes that may be put under this key; null: it is no upload.</summary>
    public long? MaxBytes(string key) => UploadKey.AccountOf(key) is null ? null : catalog.Limits.MediaBytes;

    /// <returns>Null for a key that is no upload.</returns>
    public async Task<Inspection?> InspectAsync(string key, string path, CancellationToken cancel) =>
        UploadKey.AccountOf(key) is { } account ? await inspector.InspectAsync(account, path, AnyKind, inspector.NewTime(), cancel) : null;
}
