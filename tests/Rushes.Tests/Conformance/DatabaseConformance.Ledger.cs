using Rushes.Accounts;
using Rushes.Database;
using Rushes.Jobs;
using Xunit;

namespace Rushes.Tests.Conformance;

/// <summary>
/// Money: held when a job is taken in, captured or given back in the commit that ends it, and never out of balance.
/// </summary>
public abstract partial class DatabaseConformance
{
    public static TheoryData<string, bool> PaidEnds => new()
    {
        { "done", true },
        { "failed", false },
        { "failed three times", false },
        { "stopped", false },
        { "expired after a stop", false },
        { "interrupted after a stop", false },
        { "cancelled", false },
        { "late", false },
    };

    [Theory]
    [MemberData(nameof(PaidEnds))]
    public async Task Whatever_ends_a_job_settles_what_was_held_once(string how, bool captured)
    {
        await GiveAsync(10);
        var id = await SubmitAsync(NewJob("t2v") with { Price = 4, StartBy = Later(30) });
        Assert.Equal(
            (4, JobState.Pending),
            ((await Database.Jobs.FindAsync(id, Cancel))!.Price, (await Database.Jobs.FindAsync(id, Cancel))!.State));
        Assert.Equal(new Balance("USD", 6, 4), await Database.Ledger.ReadBalanceAsync(Account, Cancel));

        if (how is not ("cancelled" or "late"))
        {
            var lease = (await ClaimAsync())!;
            if (how.Contains("after a stop", StringComparison.Ordinal))
                await Database.Jobs.CancelAsync(id, Account, true, Cancel);
            if (how == "failed three times")
                for (var attempt = 1; attempt < 3; attempt++)
                {
                    await Database.Leases.FinishAsync(id, lease.Fence, Broke(retryable: true), Cancel);
                    Assert.Equal(new Balance("USD", 6, 4), await Database.Ledger.ReadBalanceAsync(Account, Cancel));
                    lease = (await ClaimAsync())!;
                }
            await (how switch
            {
                "done" => Database.Leases.FinishAsync(id, lease.Fence, new RunOutcome.Done("key", 1), Cancel),
                "stopped" => Database.Leases.FinishAsync(id, lease.Fence, new RunOutcome.Stopped(), Cancel),
                "expired after a stop" => Database.Leases.SweepAsync(Later(60), Cancel),
                "interrupted after a stop" => (Task)Database.Leases.InterruptAsync("node/", Cancel),
                _ => Database.Leases.FinishAsync(id, lease.Fence, Broke(retryable: how == "failed three times"), Cancel),
            });
            Assert.False(await Database.Leases.FinishAsync(id, lease.Fence, new RunOutcome.Done("key", 1), Cancel));
        }
        else if (how == "cancelled") await Database.Jobs.CancelAsync(id, Account, false, Cancel);
        else await Database.Leases.SweepAsync(Later(30), Cancel);

        Assert.True((await Database.Jobs.FindAsync(id, Cancel))!.State.IsFinished);
        Assert.Equal(new Balance("USD", captured ? 6 : 10, 0), await Database.Ledger.ReadBalanceAsync(Account, Cancel));
        await ReopenAsync();
        Assert.Equal(
            [(LedgerKind.Grant, 10, null), (LedgerKind.Hold, 4, id),
            (captured ? LedgerKind.Capture : LedgerKind.Release, 4, (long?)id)],
            (await StatementAsync(Account)).Select(entry => (entry.Kind, entry.Amount, entry.Job)));
        Assert.Equal(0, (await Database.Ledger.ReadBalancesAsync(Cancel)).Sum(book => book.Amount));
    }

    [Fact]
    public async Task A_job_that_cannot_be_paid_is_not_made()
    {
        var published = 0;
        Database.Followers.AddJobs("test", changes => published += changes.Count);
        var dear = NewJob("t2v") with { Price = 4, Idempotency = Key("order-1", 1) };
        Assert.Equal(new SubmitOutcome.NoCredit(4, 0), await Database.Jobs.SubmitAsync(dear, Cancel));
        await GiveAsync(3);
        Assert.Equal(new SubmitOutcome.NoCredit(4, 3), await Database.Jobs.SubmitAsync(dear, Cancel));
        Assert.Equal((0, 0), (published, Backlog.Count));

        await GiveAsync(1);
        var id = await SubmitAsync(dear);
        Assert.Equal(new SubmitOutcome.Replayed(id), await Database.Jobs.SubmitAsync(dear, Cancel));
        Assert.Equal(new Balance("USD", 0, 4), await Database.Ledger.ReadBalanceAsync(Account, Cancel));
        await SubmitAsync(NewJob("t2v") with { Price = 0 });
    }

    [Fact]
    public async Task Credit_is_spent_once_however_many_ask_at_once()
    {
        await GiveAsync(100);
        var outcomes = await Task.WhenAll(
            Enumerable.Range(0, 64).Select(
                _ => Task.Run(() => Database.Jobs.SubmitAsync(NewJob("t2v") with { Price = 7 }, Cancel))));
        Assert.Equal(14, outcomes.Count(outcome => outcome is SubmitOutcome.Created));
        Assert.Equal(new Balance("USD", 2, 98), await Database.Ledger.ReadBalanceAsync(Account, Cancel));
    }

    [Fact]
    public async Task Credit_is_taken_back_as_far_as_there_is_some()
    {
        Assert.Equal(new CreditOutcome.TooMuch(0), await AddAsync(-1));
        Assert.Equal(new CreditOutcome.Changed(new Balance("USD", 5, 0)), await AddAsync(5));
        Assert.Equal(new CreditOutcome.TooMuch(5), await AddAsync(-6));
        Assert.Equal(new CreditOutcome.Changed(new Balance("USD", 0, 0)), await AddAsync(-5));
        Assert.Equal(
            new CreditOutcome.OtherCurrency("USD"),
            await Database.Ledger.AddCreditAsync(new CreditChange(Account, "EUR", 5, null), Actor, Cancel));
        await Assert.ThrowsAnyAsync<Exception>(
            () => Database.Ledger.AddCreditAsync(new CreditChange(99, "USD", 5, null), Actor, Cancel));

        Assert.Equal(
            [(LedgerAccount.Issuer, LedgerAccount.Credit), (LedgerAccount.Credit, LedgerAccount.Issuer)],
            (await StatementAsync(Account)).Select(entry => (entry.From, entry.To)));
        Assert.Equal(["credit added", "credit taken"], (await AuditAsync()).Select(entry => entry.Action));
        Assert.Equal(Balance.None, await Database.Ledger.ReadBalanceAsync(Account + 1, Cancel));
    }

    [Fact]
    public async Task A_reference_moves_credit_once()
    {
        Task<CreditOutcome> Pay(int account, long amount) =>
            Database.Ledger.AddCreditAsync(new CreditChange(account, "USD", amount, null, "payment-1"), Actor, Cancel);
        var bob = await Database.Accounts.EnsureAccountAsync("bob", Cancel);

        var same = await Task.WhenAll(Enumerable.Range(0, 16).Select(_ => Pay(Account, 5)));
        Assert.All(same, outcome => Assert.Equal(new CreditOutcome.Changed(new Balance("USD", 5, 0)), outcome));
        await ReopenAsync();
        Assert.Equal(new CreditOutcome.ReferenceUsed(5), await Pay(Account, 6));
        Assert.Equal(new CreditOutcome.ReferenceUsed(5), await Pay(Account, -5));
        Assert.Equal(new CreditOutcome.Changed(new Balance("USD", 6, 0)), await Pay(bob, 6));

        Assert.Single(await StatementAsync(Account));
        Assert.Equal(2, (await AuditAsync()).Count(entry => entry.Action == "credit added"));
    }

    [Fact]
    public async Task A_reference_takes_credit_back_once()
    {
        Task<CreditOutcome> Change(long amount) =>
            Database.Ledger.AddCreditAsync(new CreditChange(Account, "USD", amount, null, "refund-1"), Actor, Cancel);
        await AddAsync(5);

        for (var i = 0; i < 3; i++)
            Assert.Equal(new CreditOutcome.Changed(new Balance("USD", 3, 0)), await Change(-2));
        Assert.Equal(new CreditOutcome.ReferenceUsed(-2), await Change(2));
        Assert.Equal(new CreditOutcome.ReferenceUsed(-2), await Change(-3));
        // A repetition is answered also when nothing is left.
        await AddAsync(-3);
        Assert.Equal(new CreditOutcome.Changed(new Balance("USD", 0, 0)), await Change(-2));
        Assert.Equal(3, (await StatementAsync(Account)).Count);
    }

    [Fact]
    public async Task A_statement_is_of_one_account_and_a_time()
    {
        var bob = await Database.Accounts.EnsureAccountAsync("bob", Cancel);
        await AddAsync(1);
        await Database.Ledger.AddCreditAsync(new CreditChange(bob, "USD", 2, "a note"), Actor, Cancel);
        Clock.Advance(TimeSpan.FromSeconds(10));
        await AddAsync(3);
        var noon = Clock.GetUtcNow();

        Assert.Equal([2L], (await StatementAsync(bob)).Select(entry => entry.Amount));
        Assert.Equal("a note", (await StatementAsync(bob))[0].Note);
        Assert.Equal(
            [3L],
            await Database.Ledger.ReadStatementAsync(Account, noon, Later(1), Cancel).Select(entry => entry.Amount)
                .ToListAsync(Cancel));
        Assert.Equal(
            [1L],
            await Database.Ledger.ReadStatementAsync(Account, DateTimeOffset.UnixEpoch, noon, Cancel)
                .Select(entry => entry.Amount).ToListAsync(Cancel));
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    public async Task Many_writers_at_once_keep_the_books(int seed)
    {
        var accounts = new[]
        {
            Account, await Database.Accounts.EnsureAccountAsync("bob", Cancel),
            await Database.Accounts.EnsureAccountAsync("carol", Cancel),
        };
        foreach (var account in accounts)
            await Database.Ledger.AddCreditAsync(new CreditChange(account, "USD", 60, null), Actor, Cancel);
        var writers = Enumerable.Range(0, 64)
            .Select(number => Task.Run(() => WriteAsync(new Random(seed * 1000 + number), accounts)))
            .ToArray();
        var all = Task.WhenAll(writers);
        while (!all.IsCompleted) AssertBalanced(await Database.Ledger.ReadBalancesAsync(Cancel));
        var rejected = (await all).Sum();

        // What still runs or waits ends too.
        await Database.Leases.SweepAsync(Later(3600), Cancel);
        foreach (var live in await Database.Jobs.ReadLiveAsync(Cancel).ToListAsync(Cancel))
            Assert.Equal(CancelOutcome.Cancelled, await Database.Jobs.CancelAsync(live.Id, live.Account, false, Cancel));
        await ReopenAsync();

        var books = await Database.Ledger.ReadBalancesAsync(Cancel);
        AssertBalanced(books);
        Assert.True(rejected > 0);
        foreach (var account in accounts)
        {
            var entries = await StatementAsync(account);
            foreach (var job in entries.Where(entry => entry.Job is not null).GroupBy(entry => entry.Job!.Value))
            {
                var stored = (await Database.Jobs.FindAsync(job.Key, Cancel))!;
                var end = stored.State == JobState.Completed ? LedgerKind.Capture : LedgerKind.Release;
                Assert.Equal(
                    [(LedgerKind.Hold, stored.Price), (end, stored.Price)], job.Select(entry => (entry.Kind, entry.Amount)));
            }
            var balance = await Database.Ledger.ReadBalanceAsync(account, Cancel);
            Assert.Equal((Total(entries, LedgerAccount.Credit), 0), (balance.Credit, balance.Held));
            Assert.Equal(0, Total(entries, LedgerAccount.Held));
        }
    }

    /// <summary>Random moves; gives how many submits could not be paid.</summary>
    private async Task<int> WriteAsync(Random random, int[] accounts)
    {
        var mine = new List<(long Id, int Account)>();
        var rejected = 0;
        for (var step = 0; step < 30; step++)
            switch (random.Next(12))
            {
                case < 5:
                    var account = accounts[random.Next(accounts.Length)];
                    var startBy = random.Next(4) == 0 ? Later(30) : (DateTimeOffset?)null;
                    var outcome = await Database.Jobs.SubmitAsync(
                        NewJob("t2v") with { Account = account, Price = random.Next(8), StartBy = startBy }, Cancel);
                    if (outcome is SubmitOutcome.Created created) mine.Add((created.Id, account));
                    else rejected++;
                    break;
                case < 7 when mine.Count > 0:
                    var (id, owner) = mine[random.Next(mine.Count)];
                    await Database.Jobs.CancelAsync(id, owner, random.Next(2) == 0, Cancel);
                    break;
                case 7:
                    // As a worker's lease that ran out, or a time to start that passed.
                    await Database.Leases.SweepAsync(Later(random.Next(2) == 0 ? 30 : 60), Cancel);
                    break;
                case 8 when random.Next(3) == 0:
                    await Database.Leases.InterruptAsync("node/", Cancel);
                    break;
                default:
                    if (await ClaimAsync() is not { } lease) break;
                    await Database.Leases.FinishAsync(lease.Job.Id, lease.Fence, random.Next(5) switch
                    {
                        0 => Broke(retryable: true),
                        1 => Broke(retryable: false),
                        2 => new RunOutcome.Returned(),
                        _ => new RunOutcome.Done("key", 1),
                    }, Cancel);
                    break;
            }
        return rejected;
    }

    private static void AssertBalanced(IReadOnlyList<LedgerBalance> balances)
    {
        Assert.Equal(0, balances.Sum(balance => balance.Amount));
        Assert.All(
            balances.Where(balance => balance.Account != LedgerAccount.Issuer),
            balance => Assert.True(balance.Amount >= 0, $"{balance}"));
    }

    private static long Total(IEnumerable<LedgerEntry> entries, LedgerAccount account) =>
        entries.Sum(entry => (entry.To == account ? entry.Amount : 0) - (entry.From == account ? entry.Amount : 0));

    private static RunOutcome.Failed Broke(bool retryable) => new(new JobError("engine_failed", "Broke."), retryable);

    protected async Task GiveAsync(long amount) => Assert.IsType<CreditOutcome.Changed>(await AddAsync(amount));

    private Task<CreditOutcome> AddAsync(long amount) =>
        Database.Ledger.AddCreditAsync(new CreditChange(Account, "USD", amount, null), Actor, Cancel);

    private async Task<List<LedgerEntry>> StatementAsync(int account) =>
        await Database.Ledger.ReadStatementAsync(
            account, DateTimeOffset.UnixEpoch, DateTimeOffset.MaxValue, Cancel).ToListAsync(Cancel);
}
