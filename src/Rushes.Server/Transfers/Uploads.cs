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
    /// <summary>The uploads of one account at once, on one gateway. fal's client for Python sends ten parts at once.</summary>
    public const int MaxAtOnce = 10;

    private static readonly MediaKind[] AnyKind = Enum.GetValues<MediaKind>();

    private static readonly Problem TooManyAtOnce = new(
        ProblemKind.TooMany, $"{MaxAtOnce} uploads of this account are in progress, which is the maximum; send it again later.")
    {
        RetryAfter = TimeSpan.FromSeconds(1),
    };

    private readonly ConcurrencyLimit<int> atOnce = new(MaxAtOnce);

    /// <summary>The maximum size of a file.</summary>
    public long MaxBytes => catalog.Limits.UploadBytes;

    /// <summary>Runs an upload that stores nothing new. It counts toward the account's uploads at once.</summary>
    public async Task<Problem?> RunAsync(int account, Func<Task<Problem?>> upload)
    {
        using var one = atOnce.TryEnter(account);
        return one is null ? TooManyAtOnce : await upload();
    }

    /// <summary>
    /// Runs an upload if the account has storage left and not too many uploads in progress. It gets what it may receive.
    /// </summary>
    /// <param name="most">The maximum number of bytes; it gets less if the account has less storage left.</param>
    /// <param name="replaced">The size of a stored file that the upload replaces.</param>
    public Task<Problem?> RunAsync(
        int account, long most, Func<UploadRoom, Task<Problem?>> upload, CancellationToken cancel, long replaced = 0) =>
        RunAsync(account, async () =>
        {
            var room = await quota.ReadRoomAsync(account, cancel, replaced);
            if (room?.Bytes == 0) return room.Full;
            var tooLarge = new Problem(ProblemKind.TooLarge, $"The file is too large; at most {MaxBytes} bytes are allowed.");
            return await upload(
                room?.Bytes < most ? new UploadRoom(room.Bytes, room.Full) : new UploadRoom(Math.Max(0, most), tooLarge));
        });

    /// <summary>Writes the body of a request to a file, which is deleted after <paramref name="use"/>.</summary>
    /// <param name="most">The maximum number of bytes.</param>
    /// <param name="replaced">The size of a stored file that the upload replaces.</param>
    public Task<Problem?> ReceiveAsync(
        HttpContext http, int account, long most, Func<string, Task<Problem?>> use, CancellationToken cancel,
        long replaced = 0) =>
        RunAsync(account, most, async room =>
        {
            var path = new Folder(data.Incoming).NewFile();
            try
            {
                if (!await SaveAsync(http, path, room.Bytes, cancel)) return room.TooLarge;
                if (await quota.CheckAsync(account, new FileInfo(path).Length, cancel, replaced) is { } over) return over;
                return await use(path);
            }
            finally
            {
                File.Delete(path);
            }
        }, cancel, replaced);

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
            case Inspection.Rejected rejected:
                await DeleteAsync(parts, cancel);
                return (null, new Problem(ProblemKind.BadMedia, $"The file {rejected.Reason}."));
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

/// <summary>How much an upload may receive.</summary>
/// <param name="TooLarge">The problem of more than that.</param>
internal sealed record UploadRoom(long Bytes, Problem TooLarge)
{
    /// <summary>Whether the plan sets the limit, not the size of a file.</summary>
    public bool IsPlans => TooLarge.Code == StorageQuota.Code;
}

internal sealed record StoredUpload(StoredFile File, MediaFacts Facts);
