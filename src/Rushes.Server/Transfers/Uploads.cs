using Microsoft.AspNetCore.Http.Features;
using Rushes.Catalog;
using Rushes.Files;
using Rushes.Intake;
using Rushes.Media;

namespace Rushes.Server.Transfers;

/// <summary>Receives and stores files that clients upload. They are checked like the media of a request.</summary>
internal sealed class Uploads(
    ModelCatalog catalog, Inspector inspector, StorageQuota quota, IFileStore files, DataFolder data, TimeProvider clock)
{
    private static readonly MediaKind[] AnyKind = Enum.GetValues<MediaKind>();

    /// <summary>The maximum size of a file.</summary>
    public long MaxBytes => catalog.Limits.UploadBytes;

    /// <summary>Writes the body of a request to a file, which is deleted after <paramref name="use"/>.</summary>
    /// <param name="most">The maximum number of bytes.</param>
    public async Task<Problem?> ReceiveAsync(
        HttpContext http, int account, long most, Func<string, Task<Problem?>> use, CancellationToken cancel)
    {
        if (await quota.CheckAsync(account, http.Request.ContentLength ?? 0, cancel) is { } full) return full;
        var path = new Folder(data.Incoming).NewFile();
        try
        {
            if (!await SaveAsync(http, path, most, cancel))
                return new Problem(ProblemKind.TooLarge, $"The file is too large; at most {MaxBytes} bytes are allowed.");
            if (await quota.CheckAsync(account, new FileInfo(path).Length, cancel) is { } over) return over;
            return await use(path);
        }
        finally
        {
            File.Delete(path);
        }
    }

    /// <summary>Stores a file.</summary>
    /// <param name="key">Null: a new key.</param>
    /// <param name="parts">Files that it replaces: deleted when it is stored, or if it cannot be used.</param>
    public async Task<(StoredUpload? Stored, Problem? Problem)> StoreAsync(
        int account, string? key, string path, IReadOnlyList<string> parts, CancellationToken cancel)
    {
        switch (await inspector.InspectAsync(account, path, AnyKind, inspector.NewTime(), cancel))
        {
            case Inspection.Accepted { Facts: var facts }:
                key ??= UploadKey.New(account, clock.GetUtcNow(), facts.Type.Extension);
                var stored = await files.PutAsync(key, path, FileKey.ContentTypeOf(key), cancel);
                await DeleteAsync(parts, cancel);
                if (await quota.CheckStoredAsync(account, cancel) is not { } over)
                    return (new StoredUpload(stored, facts), null);
                await files.DeleteAsync(key, cancel);
                return (null, over);
            case Inspection.Refused refused:
                await DeleteAsync(parts, cancel);
                return (null, new Problem(ProblemKind.BadMedia, $"The file {refused.Reason}."));
            default:
                return (null, Problem.InspectionBusy);
        }
    }

    private async Task DeleteAsync(IReadOnlyList<string> keys, CancellationToken cancel)
    {
        foreach (var key in keys) await files.DeleteAsync(key, cancel);
    }

    /// <summary>False: the body is larger than the limit.</summary>
    private static async Task<bool> SaveAsync(HttpContext http, string path, long most, CancellationToken cancel)
    {
        if (http.Request.ContentLength > most) return false;
        http.Features.Get<IHttpMaxRequestBodySizeFeature>()?.MaxRequestBodySize = most;
        try
        {
            await using var file = File.Create(path);
            await http.Request.Body.CopyToAsync(file, cancel);
            return true;
        }
        catch (BadHttpRequestException tooLarge) when (tooLarge.StatusCode == StatusCodes.Status413PayloadTooLarge)
        {
            return false;
        }
    }
}

internal sealed record StoredUpload(StoredFile File, MediaFacts Facts);
