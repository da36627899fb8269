using Rushes.Database.Shared;

namespace Rushes.Database.Postgres;

internal sealed class FileCounts(GroupCommit writer, PostgresServer server) : IFileCounts
{
    public Task CountFilesAsync(IReadOnlyCollection<CountedFile> files, CancellationToken cancel) =>
        CountAsync(files, null, cancel);

    public Task CorrectFilesAsync(IReadOnlyCollection<CountedFile> found, DateTimeOffset before, CancellationToken cancel) =>
        CountAsync(found, before, cancel);

    /// <param name="before">What was counted at this time or later is not changed; null: everything is.</param>
    private Task CountAsync(
        IReadOnlyCollection<CountedFile> files, DateTimeOffset? before, CancellationToken cancel) => writer.Run(
        transaction => transaction.RunAsync(
            """
            WITH counted AS (
              SELECT * FROM unnest($1::text[], $2::integer[], $3::bigint[]) AS counted (key, account, bytes)
              WHERE NOT EXISTS (
                SELECT FROM stored_files AS newer WHERE newer.key = counted.key AND newer.counted_at >= $5::timestamptz)),
            known AS (SELECT stored_files.account, stored_files.bytes FROM stored_files JOIN counted USING (key)),
            stored AS (
              INSERT INTO stored_files (key, account, bytes, counted_at) SELECT key, account, bytes, $4 FROM counted
              ON CONFLICT (key) DO UPDATE
                SET account = excluded.account, bytes = excluded.bytes, counted_at = excluded.counted_at)
            INSERT INTO stored_bytes (account, bytes)
            SELECT account, sum(bytes) FROM (SELECT account, bytes FROM counted UNION ALL SELECT account, -bytes
              FROM known) AS moved GROUP BY account
            ON CONFLICT (account) DO UPDATE SET bytes = stored_bytes.bytes + excluded.bytes
            """,
            files.Select(file => file.Key).ToArray(), files.Select(file => file.Account).ToArray(),
            files.Select(file => file.Bytes).ToArray(),
            transaction.Now,
            before),
        cancel);

    public Task UncountFilesAsync(IReadOnlyCollection<string> keys, CancellationToken cancel) => writer.Run(
        transaction => transaction.RunAsync(
            """
            WITH gone AS (DELETE FROM stored_files WHERE key = ANY ($1) RETURNING account, bytes)
            UPDATE stored_bytes SET bytes = stored_bytes.bytes - sums.bytes
            FROM (SELECT account, sum(bytes) AS bytes FROM gone GROUP BY account) AS sums
              WHERE stored_bytes.account = sums.account
            """,
            (object)keys.ToArray()),
        cancel);

    public async Task<long> ReadStoredBytesAsync(int account, CancellationToken cancel) =>
        await server.ReadAllAsync(Statements.ReadStoredBytes, [account], row => row.Long(0), cancel) is [var bytes] ? bytes : 0;

    public async Task<IReadOnlyDictionary<int, long>> ReadStoredBytesAsync(CancellationToken cancel) =>
        (await server.ReadAllAsync(
            Statements.ReadAllStoredBytes, [], row => (Account: row.Int(0), Bytes: row.Long(1)), cancel))
            .ToDictionary(each => each.Account, each => each.Bytes);

    /// <summary>The stored bytes of accounts. Those that never stored anything are 0.</summary>
    public static Query<(int Account, long Bytes)> StoredBytes(IEnumerable<int> accounts) => new(
        """
        SELECT account, coalesce((SELECT bytes FROM stored_bytes WHERE stored_bytes.account = asked.account), 0)
          + coalesce((SELECT bytes FROM stored_requests WHERE stored_requests.account = asked.account), 0)
        FROM unnest($1::integer[]) AS asked (account)
        """,
        [accounts.ToArray()], row => (row.Int(0), row.Long(1)));

    public Task<IReadOnlyList<string>> ReadCountedKeysAsync(
        string after, DateTimeOffset before, int limit, CancellationToken cancel) =>
        server.ReadAllAsync(
            "SELECT key FROM stored_files WHERE key > $1 AND counted_at < $2 ORDER BY key LIMIT $3",
            [after, before, limit], row => row.Text(0), cancel);
}
