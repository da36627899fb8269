using System.Runtime.CompilerServices;
using Npgsql;
using Rushes.Accounts;
using Rushes.Database.Postgres.Writes;

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
        server.ReadAsync(session => BooksRow.ReadBalanceAsync(session, account), cancel);

    public Task<IReadOnlyList<BookBalance>> ReadBooksAsync(CancellationToken cancel) => ReadAll(BooksRow.SelectBooks, [], BooksRow.ReadBook, cancel);

    public IAsyncEnumerable<LedgerEntry> ReadStatementAsync(int account, DateTimeOffset from, DateTimeOffset until, CancellationToken cancel) =>
        ReadPages(after => ReadAll(BooksRow.SelectEntries, [account, from, until, after, Page], BooksRow.ReadEntry, cancel), entry => entry.Id, 0, cancel);

    public Task AppendAuditAsync(AuditEntry entry, CancellationToken cancel) => writer.Run(new AppendAudit(entry, cancel));

    public IAsyncEnumerable<AuditEntry> ReadAuditAsync(long after, CancellationToken cancel) => ReadPages(
        from => ReadAll(
            "SELECT id, at, actor, action, subject, detail FROM audit WHERE id > $1 ORDER BY id LIMIT $2", [from, Page],
            row => new AuditEntry(row.Text(2), row.Text(3), row.Text(4), row.Text(5)) { Id = row.Long(0), At = row.Time(1) }, cancel),
        entry => entry.Id, after, cancel);

    private async Task<IReadOnlyList<T>> ReadAll<T>(string sql, object?[] values, Func<NpgsqlDataReader, T> read, CancellationToken cancel) =>
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
