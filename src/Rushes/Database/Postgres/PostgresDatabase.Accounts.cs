using System.Runtime.CompilerServices;
using Rushes.Accounts;
using Rushes.Database.Postgres.Writes;
using Rushes.Database.Rows;

namespace Rushes.Database.Postgres;

public sealed partial class PostgresDatabase
{
    /// <summary>Rows of a long list that are asked for at once, so that a slow reader holds nothing open.</summary>
    private const int Page = 1000;

    public event Action<Account>? AccountChanged;

    public event Action<ApiKey>? KeyChanged;

    public Task<int> EnsureAccountAsync(string name, CancellationToken cancel) => writer.Run(new EnsureAccount(name, cancel));

    public Task<Account?> AddAccountAsync(string name, string plan, string actor, CancellationToken cancel) =>
        writer.Run(new AddAccount(name, plan, actor, cancel));

    public Task<AccountOutcome> ChangeAccountAsync(int id, AccountChange change, string actor, CancellationToken cancel) =>
        writer.Run(new ChangeAccount(id, change, actor, cancel));

    public async Task<IReadOnlyList<Account>> ReadAccountsAsync(CancellationToken cancel) => await server.ReadAsync(Feed.ReadAccountsAsync, cancel);

    public Task<ApiKey> AddKeyAsync(ApiKey key, string actor, CancellationToken cancel) => writer.Run(new AddKey(key, actor, cancel));

    public Task<bool> SetFirstKeyAsync(ApiKey key, CancellationToken cancel) => writer.Run(new SetFirstKey(key, cancel));

    public Task<ApiKey?> RevokeKeyAsync(long id, string actor, CancellationToken cancel) => writer.Run(new RevokeKey(id, actor, cancel));

    public Task<ApiKey?> RotateKeyAsync(long id, byte[] hash, DateTimeOffset oldUntil, string actor, CancellationToken cancel) =>
        writer.Run(new RotateKey(id, hash, oldUntil, actor, cancel));

    public Task RecordKeyUseAsync(IReadOnlyCollection<long> keys, CancellationToken cancel) => writer.Run(new RecordKeyUse(keys, cancel));

    public async Task<IReadOnlyList<ApiKey>> ReadKeysAsync(CancellationToken cancel) => await server.ReadAsync(Feed.ReadKeysAsync, cancel);

    public Task<CreditOutcome> AddCreditAsync(CreditChange change, string actor, CancellationToken cancel) =>
        writer.Run(new AddCredit(change, actor, cancel));

    public Task<Balance> ReadBalanceAsync(int account, CancellationToken cancel) =>
        server.ReadAsync(session => Books.ReadBalanceAsync(session, account), cancel);

    public Task<IReadOnlyList<BookBalance>> ReadBooksAsync(CancellationToken cancel) =>
        ReadAll($"SELECT {BooksRow.Columns} FROM ledger_accounts ORDER BY currency, account NULLS FIRST, kind", [], BooksRow.Read, cancel);

    public IAsyncEnumerable<LedgerEntry> ReadStatementAsync(int account, DateTimeOffset from, DateTimeOffset until, CancellationToken cancel) =>
        ReadPages(
            after => ReadAll(
                $"""
                SELECT {BooksRow.EntryColumns}
                FROM ledger_entries e JOIN ledger_accounts s ON s.id = e.source JOIN ledger_accounts t ON t.id = e.target
                WHERE e.account = $1 AND e.at >= $2 AND e.at < $3 AND e.id > $4 ORDER BY e.id LIMIT $5
                """,
                [account, from, until, after, Page], BooksRow.ReadEntry, cancel),
            entry => entry.Id, 0, cancel);

    public Task AppendAuditAsync(AuditEntry entry, CancellationToken cancel) => writer.Run(new AppendAudit(entry, cancel));

    public IAsyncEnumerable<AuditEntry> ReadAuditAsync(long after, CancellationToken cancel) => ReadPages(
        from => ReadAll($"SELECT {AuditRow.Columns} FROM audit WHERE id > $1 ORDER BY id LIMIT $2", [from, Page], AuditRow.Read, cancel),
        entry => entry.Id, after, cancel);

    private async Task<IReadOnlyList<T>> ReadAll<T>(string sql, object?[] values, Func<Row, T> read, CancellationToken cancel) =>
        await server.ReadAsync(session => session.ReadAsync(sql, values, read), cancel);

    /// <summary>What only ever grows, page by page. Ids are in the order of commits: none can come in behind.</summary>
    private static async IAsyncEnumerable<T> ReadPages<T>(
        Func<long, Task<IReadOnlyList<T>>> read, Func<T, long> id, long after, [EnumeratorCancellation] CancellationToken cancel)
    {
        while (true)
        {
            cancel.ThrowIfCancellationRequested();
            var page = await read(after);
            foreach (var row in page) yield return row;
            if (page.Count < Page) yield break;
            after = id(page[^1]);
        }
    }
}
