using Rushes.Accounts;
using Rushes.Database.Rows;
using Rushes.Database.Sqlite.Writes;

namespace Rushes.Database.Sqlite;

public sealed partial class SqliteDatabase
{
    public event Action<Account>? AccountChanged;

    public event Action<ApiKey>? KeyChanged;

    public Task<int> EnsureAccountAsync(string name, CancellationToken cancel) => writer.Run(new EnsureAccount(name, cancel));

    public Task<Account?> AddAccountAsync(string name, string plan, string actor, CancellationToken cancel) =>
        writer.Run(new AddAccount(name, plan, actor, cancel));

    public Task<AccountOutcome> ChangeAccountAsync(int id, AccountChange change, string actor, CancellationToken cancel) =>
        writer.Run(new ChangeAccount(id, change, actor, cancel));

    public Task<IReadOnlyList<Account>> ReadAccountsAsync(CancellationToken cancel) =>
        ReadAll($"SELECT {AccountRow.Columns} FROM accounts ORDER BY id", AccountRow.Read);

    public Task<ApiKey> AddKeyAsync(ApiKey key, string actor, CancellationToken cancel) => writer.Run(new AddKey(key, actor, cancel));

    public Task<bool> SetFirstKeyAsync(ApiKey key, CancellationToken cancel) => writer.Run(new SetFirstKey(key, cancel));

    public Task<ApiKey?> RevokeKeyAsync(long id, string actor, CancellationToken cancel) => writer.Run(new RevokeKey(id, actor, cancel));

    public Task<ApiKey?> RotateKeyAsync(long id, byte[] hash, DateTimeOffset oldUntil, string actor, CancellationToken cancel) =>
        writer.Run(new RotateKey(id, hash, oldUntil, actor, cancel));

    public Task RecordKeyUseAsync(IReadOnlyCollection<long> keys, CancellationToken cancel) => writer.Run(new RecordKeyUse(keys, cancel));

    public Task<IReadOnlyList<ApiKey>> ReadKeysAsync(CancellationToken cancel) =>
        ReadAll($"SELECT {KeyRow.Columns} FROM api_keys ORDER BY id", KeyRow.Read);

    public Task<CreditOutcome> AddCreditAsync(CreditChange change, string actor, CancellationToken cancel) =>
        writer.Run(new AddCredit(change, actor, cancel));

    public Task<Balance> ReadBalanceAsync(int account, CancellationToken cancel) =>
        Task.FromResult(readers.Read(session => Books.ReadBalance(session.Prepare(Books.SelectBalance), account)));

    public Task<IReadOnlyList<BookBalance>> ReadBooksAsync(CancellationToken cancel) =>
        ReadAll($"SELECT {BooksRow.Columns} FROM ledger_accounts ORDER BY currency, account, kind", BooksRow.Read);

    public IAsyncEnumerable<LedgerEntry> ReadStatementAsync(int account, DateTimeOffset from, DateTimeOffset until, CancellationToken cancel) =>
        Stream(
            $"""
            SELECT {BooksRow.EntryColumns}
            FROM ledger_entries e INDEXED BY ledger_entries_account
              JOIN ledger_accounts s ON s.id = e.source JOIN ledger_accounts t ON t.id = e.target
            WHERE e.account = ? AND e.at >= ? AND e.at < ? ORDER BY e.id
            """,
            select => select.Bind(account).Bind(from).Bind(until), BooksRow.ReadEntry, cancel).ToAsyncEnumerable();

    public Task AppendAuditAsync(AuditEntry entry, CancellationToken cancel) => writer.Run(new AppendAudit(entry, cancel));

    public IAsyncEnumerable<AuditEntry> ReadAuditAsync(long after, CancellationToken cancel) =>
        Stream($"SELECT {AuditRow.Columns} FROM audit WHERE id > ? ORDER BY id", select => select.Bind(after), AuditRow.Read, cancel).ToAsyncEnumerable();

    private Task<IReadOnlyList<T>> ReadAll<T>(string sql, Func<Statement, T> read, Func<Statement, Statement>? bind = null) => Task.FromResult<IReadOnlyList<T>>(readers.Read(session =>
    {
        using var select = session.Prepare(sql);
        bind?.Invoke(select);
        return select.ReadAll(read);
    }));

    /// <summary>Rows as they are asked for, all from the moment of the first.</summary>
    private IEnumerable<T> Stream<T>(string sql, Func<Statement, Statement> bind, Func<Statement, T> read, CancellationToken cancel)
    {
        var session = readers.Rent();
        try
        {
            using var select = session.Prepare(sql);
            bind(select);
            while (select.Step())
            {
                cancel.ThrowIfCancellationRequested();
                yield return read(select);
            }
        }
        finally
        {
            readers.Return(session);
        }
    }
}
