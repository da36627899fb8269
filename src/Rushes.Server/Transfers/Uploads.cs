using Rushes.Catalog;
using Rushes.Files;
using Rushes.Intake;
using Rushes.Media;

namespace Rushes.Server.Transfers;

/// <summary>Stores files that clients upload. They are checked like the media of a request.</summary>
internal sealed class Uploads(Inspector inspector, StorageQuota quota, IFileStore files, TimeProvider clock)
{
    private static readonly MediaKind[] AnyKind = Enum.GetValues<MediaKind>();

    /// <summary>Stores the file under a new key.</summary>
    public async Task<(string? Key, Problem? Problem)> StoreAsync(int account, string path, CancellationToken cancel)
    {
        if (await quota.CheckAsync(account, new FileInfo(path).Length, cancel) is { } full) return (null, full);
        var (type, problem) = await InspectAsync(account, path, cancel);
        if (type is null) return (null, problem);
        var key = UploadKey.New(account, clock.GetUtcNow(), type.Extension);
        return await PutAsync(account, key, path, cancel) is { } over ? (null, over) : (key, null);
    }

    /// <summary>Stores the file under this key. Null: it was stored.</summary>
    public async Task<Problem?> StoreAsync(int account, string key, string path, CancellationToken cancel) =>
        (await InspectAsync(account, path, cancel)).Problem ?? await PutAsync(account, key, path, cancel);

    private async Task<(MediaType? Type, Problem? Problem)> InspectAsync(int account, string path, CancellationToken cancel) =>
        await inspector.InspectAsync(account, path, AnyKind, inspector.NewTime(), cancel) switch
        {
            Inspection.Accepted accepted => (accepted.Facts.Type, null),
            Inspection.Refused refused => (null, new Problem(ProblemKind.BadMedia, $"The file {refused.Reason}.")),
            _ => (null, Problem.InspectionBusy),
        };

    private async Task<Problem?> PutAsync(int account, string key, string path, CancellationToken cancel)
    {
        await files.PutAsync(key, path, FileKey.ContentTypeOf(key), cancel);
        if (await quota.CheckStoredAsync(account, cancel) is not { } over) return null;
        await files.DeleteAsync(key, cancel);
        return over;
    }
}
