using Rushes.Database;
using Rushes.Database.Shared;
using Rushes.Database.Sqlite;
using Rushes.Jobs;
using Xunit;

namespace Rushes.Tests.Conformance;

public sealed class SqliteDatabaseTests : DatabaseConformance
{
    private readonly TempFolder folder = new();

    protected override async Task<IDatabase> OpenAsync(string store, RetryPolicy retries, TimeProvider time) =>
        await SqliteDatabase.OpenAsync(folder[$"{store}.db"], retries, time);

    public override async ValueTask DisposeAsync()
    {
        await base.DisposeAsync();
        folder.Dispose();
    }

    [Fact]
    public async Task What_was_acknowledged_is_on_disk_when_the_process_is_killed()
    {
        var id = await SubmitAsync();
        // The files as a kill would leave them: the log not folded in, nothing closed.
        foreach (var suffix in new[] { "", "-wal" }) File.Copy(folder["main.db" + suffix], folder["killed.db" + suffix]);

        await using var survivor = await OpenAsync("killed", new RetryPolicy(), Clock);
        Assert.NotNull(await survivor.Jobs.FindAsync(id, TestContext.Current.CancellationToken));
    }

    [Fact]
    public async Task Closing_folds_the_log_into_the_file()
    {
        await SubmitAsync();
        Assert.True(File.Exists(folder["main.db-wal"]));
        await Database.DisposeAsync();
        Assert.False(File.Exists(folder["main.db-wal"]));
        await ReopenAsync();
    }

    [Fact]
    public async Task A_database_of_a_newer_program_is_rejected()
    {
        await Database.DisposeAsync();
        using (var session = SqliteSession.OpenWriter(folder["main.db"]))
            session.Execute("INSERT INTO migrations VALUES (999, '999_future', 0)");

        var error = await Assert.ThrowsAsync<InvalidDataException>(
            () => SqliteDatabase.OpenAsync(folder["main.db"], new RetryPolicy(), Clock));
        Assert.Contains("newer", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Requests_stored_by_an_earlier_version_are_counted()
    {
        var job = NewJob("t2v") with { Echo = "{}", WebhookUrl = "https://example.com/" };
        await SubmitAsync(job);
        await SubmitAsync(NewJob("t2v"));
        await Database.DisposeAsync();
        var upgrade = Migration.ReadAll("Database.Sqlite.Migrations.").Single(each => each.Name == "007_stored_requests").Sql;
        using (var session = SqliteSession.OpenWriter(folder["main.db"]))
            session.Execute($"DROP TABLE stored_requests; {upgrade}");

        await ReopenAsync();
        Assert.Equal(
            job.StoredBytes + NewJob("t2v").StoredBytes,
            await Database.FileCounts.ReadStoredBytesAsync(Account, TestContext.Current.CancellationToken));
    }

    [Fact]
    public async Task A_file_that_is_no_database_is_rejected()
    {
        await File.WriteAllTextAsync(folder["text.db"], new string('x', 5000), TestContext.Current.CancellationToken);
        await Assert.ThrowsAsync<SqliteException>(() => SqliteDatabase.OpenAsync(folder["text.db"], new RetryPolicy(), Clock));
    }

    [Theory]
    [InlineData("UPDATE ledger_entries SET amount = 1")]
    [InlineData("DELETE FROM ledger_entries")]
    [InlineData("UPDATE audit SET actor = 'nobody'")]
    [InlineData("DELETE FROM audit")]
    [InlineData("UPDATE ledger_accounts SET balance = -1 WHERE kind = 0")]
    [InlineData("INSERT INTO ledger_entries (at, kind, account, source, target, amount, job) "
        + "SELECT at, kind, account, source, target, amount, job FROM ledger_entries WHERE kind = 1")]
    [InlineData("INSERT INTO ledger_entries (at, kind, account, source, target, amount, job) "
        + "SELECT at, 3, account, target, source, amount, job FROM ledger_entries WHERE kind = 2")]
    [InlineData("INSERT INTO ledger_entries (at, kind, account, source, target, amount) "
        + "SELECT at, kind, account, source, source, amount FROM ledger_entries WHERE kind = 0")]
    [InlineData("INSERT INTO ledger_entries (at, kind, account, source, target, amount) "
        + "SELECT at, kind, account, source, target, -1 FROM ledger_entries WHERE kind = 0")]
    [InlineData("INSERT INTO ledger_entries (at, kind, account, source, target, amount) "
        + "SELECT at, 4, account, target, source, amount + 1 FROM ledger_entries WHERE kind = 0")]
    public async Task The_tables_refuse_to_forget_or_to_move_money_twice(string sql)
    {
        await GiveAsync(3);
        var id = await SubmitAsync(NewJob("t2v") with { Price = 2 });
        var lease = await ClaimAsync();
        await Database.Leases.FinishAsync(id, lease!.Fence, new RunOutcome.Done("key", 1), TestContext.Current.CancellationToken);

        using var session = SqliteSession.OpenWriter(folder["main.db"]);
        Assert.Throws<SqliteException>(() => session.Execute(sql));
    }

    [Fact]
    public async Task The_tables_hold_what_a_state_needs()
    {
        await SubmitAsync();
        using var session = SqliteSession.OpenWriter(folder["main.db"]);
        foreach (var broken in new[]
            { "state = 1", "state = 3", "state = 4, ended_at = 1", "state = 6", "fence = -1", "worker = 'x'", "account = 99" })
            Assert.Throws<SqliteException>(() => session.Execute($"UPDATE jobs SET {broken}"));
    }
}
