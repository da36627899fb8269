using Rushes.Database.Shared;

namespace Rushes.Database.Sqlite;

internal sealed class FileCounts(GroupCommit writer, ReaderPool readers) : IFileCounts
{
    public Task CountFilesAsync(IReadOnlyCollection<CountedFile> files, CancellationToken cancel) => writer.Run(transaction =>
    {
        foreach (var file in files) Count(transaction, file);
        return files.Count;
    }, cancel);

    public Task CorrectFilesAsync(IReadOnlyCollection<CountedFile> found, DateTimeOffset before, CancellationToken cancel) =>
        writer.Run(transaction =>
        {
            foreach (var file in found)
                if (CountedAt(transaction, file.Key) is not { } at || at < before) Count(transaction, file);
            return found.Count;
        }, cancel);

    public Task UncountFilesAsync(IReadOnlyCollection<string> keys, CancellationToken cancel) =>
        writer.Run(transaction => keys.Count(key => Remove(transaction, key)), cancel);

    public async Task<long> ReadStoredBytesAsync(int account, CancellationToken cancel) => await readers.ReadAllAsync(
        Statements.ReadStoredBytes, row => row.Long(0), select => select.Bind(account)) is [var bytes] ? bytes : 0;

    public async Task<IReadOnlyDictionary<int, long>> ReadStoredBytesAsync(CancellationToken cancel) =>
        (await readers.ReadAllAsync(Statements.ReadAllStoredBytes, row => (Account: row.Int(0), Bytes: row.Long(1))))
            .ToDictionary(each => each.Account, each => each.Bytes);

    public Task<IReadOnlyList<string>> ReadCountedKeysAsync(
        string after, DateTimeOffset before, int limit, CancellationToken cancel) =>
        readers.ReadAllAsync(
            "SELECT key FROM stored_files WHERE key > ? AND counted_at < ? ORDER BY key LIMIT ?",
            row => row.Text(0), select => select.Bind(after).Bind(before).Bind(limit));

    private static void Count(Transaction transaction, CountedFile file)
    {
        if (BytesOf(transaction, file.Key) == file.Bytes) return;
        Remove(transaction, file.Key);
        using var insert = transaction.Prepare("INSERT INTO stored_files (key, account, bytes, counted_at) VALUES (?, ?, ?, ?)");
        insert.Bind(file.Key).Bind(file.Account).Bind(file.Bytes).Bind(transaction.Now).Execute();
        Add(transaction, file.Account, file.Bytes);
    }

    private static DateTimeOffset? CountedAt(Transaction transaction, string key)
    {
        using var select = transaction.Prepare("SELECT counted_at FROM stored_files WHERE key = ?");
        return select.Bind(key).Step() ? select.Time(0) : null;
    }

    private static long? BytesOf(Transaction transaction, string key)
    {
        using var select = transaction.Prepare("SELECT bytes FROM stored_files WHERE key = ?");
        return select.Bind(key).Step() ? select.Long(0) : null;
    }

    /// <summary>Returns false if the file was not counted.</summary>
    private static bool Remove(Transaction transaction, string key)
    {
        using var delete = transaction.Prepare("DELETE FROM stored_files WHERE key = ? RETURNING account, bytes");
        if (!delete.Bind(key).Step()) return false;
        Add(transaction, delete.Int(0), -delete.Long(1));
        return true;
    }

    private static void Add(Transaction transaction, int account, long bytes)
    {
        using var update = transaction.Prepare("""
            INSERT INTO stored_bytes (account, bytes) VALUES (?, ?) ON CONFLICT (account) DO UPDATE
              SET bytes = bytes + excluded.bytes
            """);
        update.Bind(account).Bind(bytes).Execute();
    }
}
