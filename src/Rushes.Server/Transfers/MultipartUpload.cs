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

    /// <summary>Stores the body as a part; a part that is sent again replaces the first one.</summary>
    public async Task<(StoredFile? Part, Problem? Problem)> StorePartAsync(
        HttpContext http, int account, string key, int number, CancellationToken cancel)
    {
        if (number is < 1 or > MaxParts)
            return (null, Problem.BadField("part_number", $"is {number}; send an integer from 1 to {MaxParts}"));
        var part = UploadKey.PartOf(key, number);
        var others = 0L;
        await foreach (var stored in files.ListAsync(UploadKey.PartsOf(key), cancel))
            if (stored.Key != part) others += stored.Bytes;

        StoredFile? received = null;
        var problem = await uploads.ReceiveAsync(http, account, uploads.MaxBytes - others, async path =>
        {
            received = await files.PutAsync(part, path, FileKey.ContentTypeOf(part), cancel);
            if (await quota.CheckStoredAsync(account, cancel) is not { } over) return null;
            await files.DeleteAsync(part, cancel);
            return over;
        }, cancel);
        return (problem is null ? received : null, problem);
    }

    /// <summary>Joins the parts and stores the file. Null: it is stored.</summary>
    public async Task<Problem?> CompleteAsync(
        int account, string key, IReadOnlyList<UploadedPart> parts, CancellationToken cancel)
    {
        // The client did not get the first response.
        if (await files.FindAsync(key, cancel) is not null) return null;
        if (Check(parts) is { } wrong) return wrong;
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

    private static Problem? Check(IReadOnlyList<UploadedPart> parts)
    {
        if (parts.Count is 0 or > MaxParts) return Problem.BadField("parts", $"has {parts.Count} items; send 1 to {MaxParts}");
        for (var i = 1; i < parts.Count; i++)
            if (parts[i].Number <= parts[i - 1].Number)
                return Problem.BadField(
                    "parts", $"has part {parts[i].Number} after part {parts[i - 1].Number}; send them in order");
        return null;
    }

    private async Task<Problem?> CopyAsync(string key, UploadedPart part, FileStream file, CancellationToken cancel)
    {
        var name = UploadKey.PartOf(key, part.Number);
        if (await files.FindAsync(name, cancel) is not { } found || await files.OpenAsync(name, cancel) is not { } content)
            return Problem.BadField("parts", $"has part {part.Number}, which was not uploaded");
        await using (content)
        {
            if (found.Tag != part.Tag?.Trim('"'))
                return Problem.BadField(
                    "parts",
                    $"has the ETag \"{Excerpt.Of(part.Tag ?? "")}\" for part {part.Number}, whose ETag is \"{found.Tag}\"");
            if (file.Length + found.Bytes > uploads.MaxBytes)
                return new Problem(ProblemKind.TooLarge, $"The file is too large; at most {uploads.MaxBytes} bytes are allowed.");
            await content.CopyToAsync(file, cancel);
            return null;
        }
    }
}

/// <param name="Tag">The ETag that the upload of the part returned.</param>
internal sealed record UploadedPart(int Number, string? Tag);
