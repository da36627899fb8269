using Rushes.Files;
using Rushes.Intake;

namespace Rushes.Server.Transfers;

/// <summary>
/// Uploads in parts. Each part is a file in the store until the upload is complete, so any gateway can take any part, parts count
/// toward the account's storage, and the cleanup of the file store deletes those that are never completed.
/// </summary>
internal sealed class MultipartUpload(Uploads uploads, StorageQuota quota, IFileStore files, DataFolder data)
{
    public const int MaxParts = 1000;

    /// <summary>
    /// The parts of an account's unfinished uploads that began on one day. A link is valid for an hour, so older ones only wait
    /// to be deleted. Small parts count few bytes toward the account's storage, but each takes a file.
    /// </summary>
    public const int MaxUnfinishedParts = 1000;

    private readonly ConcurrencyLimit<string> ending = new(1);

    /// <summary>Before an upload is completed or aborted. Null: this gateway is already doing so.</summary>
    public IDisposable? TryEnd(string key) => ending.TryEnter(key);

    /// <summary>Stores the body as a part; a part that is sent again replaces the first one.</summary>
    public async Task<(StoredFile? Part, Problem? Problem)> StorePartAsync(
        HttpContext http, int account, string key, int number, CancellationToken cancel)
    {
        if (number is < 1 or > MaxParts)
            return (null, Problem.BadField("part_number", $"is {number}; send an integer from 1 to {MaxParts}"));
        var part = UploadKey.PartOf(key, number);
        var (parts, others, replaced) = (0, 0L, 0L);
        await foreach (var stored in files.ListAsync(UploadKey.DayOf(key), cancel))
        {
            if (stored.Key == part) replaced = stored.Bytes;
            if (!UploadKey.IsPart(stored.Key) || stored.Key == part) continue;
            parts++;
            if (stored.Key.StartsWith(UploadKey.PartsOf(key), StringComparison.Ordinal)) others += stored.Bytes;
        }
        if (parts >= MaxUnfinishedParts)
            return (null, new Problem(
                ProblemKind.NotAllowed,
                $"The account's unfinished uploads have {parts} parts, which is the maximum; complete or abort one first.")
            {
                Code = StorageQuota.Code,
            });

        StoredFile? received = null;
        var problem = await uploads.ReceiveAsync(http, account, uploads.MaxBytes - others, async path =>
        {
            if (new FileInfo(path).Length == 0) return new Problem(ProblemKind.BadMedia, "The part is empty.");
            received = await files.PutAsync(part, path, FileKey.ContentTypeOf(part), cancel);
            if (await quota.CheckStoredAsync(account, cancel) is not { } over) return null;
            await files.DeleteAsync(part, cancel);
            return over;
        }, cancel, replaced);
        return (problem is null ? received : null, problem);
    }

    /// <summary>Deletes the parts.</summary>
    public async Task AbortAsync(string key, CancellationToken cancel)
    {
        var parts = new List<string>();
        await foreach (var part in files.ListAsync(UploadKey.PartsOf(key), cancel)) parts.Add(part.Key);
        foreach (var part in parts) await files.DeleteAsync(part, cancel);
    }

    /// <summary>Joins the parts and stores the file. Null: it is stored.</summary>
    public async Task<Problem?> CompleteAsync(
        int account, string key, IReadOnlyList<UploadedPart> parts, CancellationToken cancel)
    {
        // The client did not get the first response.
        if (await files.FindAsync(key, cancel) is not null) return null;
        if (CheckOrder(parts) is { } wrong) return wrong;
        // Before anything is copied, because a request that is rejected can be repeated at no cost.
        if (await CheckStoredAsync(key, parts, cancel) is { } missing) return missing;
        return await uploads.RunAsync(account, () => JoinAsync(account, key, parts, cancel));
    }

    private async Task<Problem?> JoinAsync(
        int account, string key, IReadOnlyList<UploadedPart> parts, CancellationToken cancel)
    {
        var path = new Folder(data.Incoming).NewFile();
        try
        {
            await using (var file = File.Create(path))
                foreach (var part in parts)
                    if (await CopyAsync(key, part, file, cancel) is { } problem)
                        return problem;
            string[] joined = [.. parts.Select(part => UploadKey.PartOf(key, part.Number))];
            return (await uploads.StoreAsync(account, key, path, joined, cancel)).Problem;
        }
        finally
        {
            File.Delete(path);
        }
    }

    private static Problem? CheckOrder(IReadOnlyList<UploadedPart> parts)
    {
        if (parts.Count is 0 or > MaxParts) return Problem.BadField("parts", $"has {parts.Count} items; send 1 to {MaxParts}");
        for (var i = 1; i < parts.Count; i++)
            if (parts[i].Number <= parts[i - 1].Number)
                return Problem.BadField(
                    "parts", $"has part {parts[i].Number} after part {parts[i - 1].Number}; send them in order");
        return null;
    }

    private async Task<Problem?> CheckStoredAsync(string key, IReadOnlyList<UploadedPart> parts, CancellationToken cancel)
    {
        var stored = new Dictionary<string, StoredFile>();
        await foreach (var file in files.ListAsync(UploadKey.PartsOf(key), cancel)) stored[file.Key] = file;
        var bytes = 0L;
        foreach (var part in parts)
        {
            var found = stored.GetValueOrDefault(UploadKey.PartOf(key, part.Number));
            if (CheckTag(part, found) is { } problem) return problem;
            bytes += found!.Bytes;
        }
        return bytes > uploads.MaxBytes
            ? new Problem(ProblemKind.TooLarge, $"The file is too large; at most {uploads.MaxBytes} bytes are allowed.")
            : null;
    }

    /// <summary>Checks the tag of what was opened, because the part can be replaced meanwhile.</summary>
    private async Task<Problem?> CopyAsync(string key, UploadedPart part, FileStream file, CancellationToken cancel)
    {
        var name = UploadKey.PartOf(key, part.Number);
        await using var content = await files.OpenAsync(name, cancel);
        if (CheckTag(part, content is null ? null : await files.FindAsync(name, cancel)) is { } problem) return problem;
        await content!.CopyToAsync(file, cancel);
        return null;
    }

    private static Problem? CheckTag(UploadedPart part, StoredFile? stored)
    {
        if (stored is null) return Problem.BadField("parts", $"has part {part.Number}, which was not uploaded");
        return stored.Tag == part.Tag?.Trim('"')
            ? null
            : Problem.BadField(
                "parts",
                $"has the ETag \"{Excerpt.Of(part.Tag ?? "")}\" for part {part.Number}, whose ETag is \"{stored.Tag}\"");
    }
}

/// <param name="Tag">The ETag that the upload of the part returned.</param>
internal sealed record UploadedPart(int Number, string? Tag);
