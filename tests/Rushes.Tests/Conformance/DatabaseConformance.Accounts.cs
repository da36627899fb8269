using System.Net;
using Rushes.Accounts;
using Xunit;

namespace Rushes.Tests.Conformance;

/// <summary>Accounts, keys and the audit log: followers are notified of changes, which are recorded with their actor.</summary>
public abstract partial class DatabaseConformance
{
    private const string Actor = "key 1";

    [Fact]
    public async Task An_account_is_made_once_and_told()
    {
        var changes = AccountChanges();
        var made = await Database.Accounts.AddAccountAsync("carol", "paid", Actor, Cancel);
        Assert.Equal([made!], changes);
        Assert.Equal(("carol", "paid", false, Clock.GetUtcNow()), (made!.Name, made.Plan, made.Suspended, made.CreatedAt));
        Assert.Null(await Database.Accounts.AddAccountAsync("carol", "paid", Actor, Cancel));

        await ReopenAsync();
        Assert.Equal(["alice", "carol"], (await Database.Accounts.ReadAccountsAsync(Cancel)).Select(account => account.Name));
        Assert.Equal("default", (await Database.Accounts.ReadAccountsAsync(Cancel))[0].Plan);
        Assert.Equal(
            [("account created", $"account {made.Id}")], (await AuditAsync()).Select(entry => (entry.Action, entry.Subject)));
    }

    [Fact]
    public async Task A_change_of_an_account_leaves_what_it_does_not_name()
    {
        var carol = (await Database.Accounts.AddAccountAsync("carol", "paid", Actor, Cancel))!;
        var changes = AccountChanges();
        var changed = await Database.Accounts.ChangeAccountAsync(carol.Id, new AccountChange(null, null, true), Actor, Cancel);
        Assert.Equal(new AccountOutcome.Changed(carol with { Suspended = true }), changed);
        Assert.Equal([carol with { Suspended = true }], changes);

        Assert.IsType<AccountOutcome.NameTaken>(
            await Database.Accounts.ChangeAccountAsync(carol.Id, new AccountChange("alice", null, null), Actor, Cancel));
        Assert.IsType<AccountOutcome.Unknown>(
            await Database.Accounts.ChangeAccountAsync(99, new AccountChange("dan", null, null), Actor, Cancel));
        Assert.Single(changes);
    }

    [Fact]
    public async Task A_webhook_URL_is_kept_until_it_is_removed()
    {
        const string url = "https://acme.example.com/videos?token=secret";
        var carol = (await Database.Accounts.AddAccountAsync("carol", "paid", Actor, Cancel))!;
        Assert.Null(carol.WebhookUrl);
        var changes = AccountChanges();
        await ChangeAsync(new(null, null, null) { WebhookUrl = url });
        await ChangeAsync(new("carla", null, null));
        Assert.Equal([carol with { WebhookUrl = url }, carol with { Name = "carla", WebhookUrl = url }], changes);

        await ReopenAsync();
        Assert.Equal([null, url], (await Database.Accounts.ReadAccountsAsync(Cancel)).Select(account => account.WebhookUrl));
        await ChangeAsync(new(null, null, null) { WebhookUrl = "" });
        Assert.Null((await Database.Accounts.ReadAccountsAsync(Cancel))[1].WebhookUrl);
        Assert.Equal(
            ["""{"webhook_host":"acme.example.com"}""", """{"name":"carla"}""", """{"webhook_host":""}"""],
            (await AuditAsync()).Skip(1).Select(entry => entry.Detail));

        async Task ChangeAsync(AccountChange change) => Assert.IsType<AccountOutcome.Changed>(
            await Database.Accounts.ChangeAccountAsync(carol.Id, change, Actor, Cancel));
    }

    [Fact]
    public async Task The_last_admin_key_is_not_revoked_nor_its_account_suspended()
    {
        var carol = (await Database.Accounts.AddAccountAsync("carol", "paid", Actor, Cancel))!;
        var first = await Database.Keys.AddKeyAsync(ApiKeyOf("a") with { Scopes = Scopes.Admin }, Actor, Cancel);
        await Database.Keys.AddKeyAsync(ApiKeyOf("b") with { Account = carol.Id, Scopes = Scopes.Worker }, Actor, Cancel);
        var expired = ApiKeyOf("c") with { Account = carol.Id, Scopes = Scopes.Admin, ExpiresAt = Later(60) };
        await Database.Keys.AddKeyAsync(expired, Actor, Cancel);
        Clock.Advance(TimeSpan.FromMinutes(2));
        Assert.IsType<RevokeOutcome.LastAdmin>(await Database.Keys.RevokeKeyAsync(first.Id, Actor, Cancel));
        Assert.IsType<AccountOutcome.LastAdmin>(await SuspendAsync(Account));

        var second = await Database.Keys.AddKeyAsync(ApiKeyOf("d") with { Scopes = Scopes.Admin }, Actor, Cancel);
        Assert.IsType<AccountOutcome.LastAdmin>(await SuspendAsync(Account));
        Assert.IsType<RevokeOutcome.Revoked>(await Database.Keys.RevokeKeyAsync(first.Id, Actor, Cancel));

        await Database.Keys.AddKeyAsync(
            ApiKeyOf("e") with { Account = carol.Id, Scopes = Scopes.Admin | Scopes.Read }, Actor, Cancel);
        Assert.IsType<AccountOutcome.Changed>(await SuspendAsync(carol.Id));
        Assert.IsType<RevokeOutcome.LastAdmin>(await Database.Keys.RevokeKeyAsync(second.Id, Actor, Cancel));

        Task<AccountOutcome> SuspendAsync(int account) =>
            Database.Accounts.ChangeAccountAsync(account, new AccountChange(null, null, true), Actor, Cancel);
    }

    [Fact]
    public async Task A_key_is_kept_as_it_was_given()
    {
        var given = ApiKeyOf("a") with
        {
            Scopes = Scopes.Worker, ExpiresAt = Later(60),
            Networks = [IPNetwork.Parse("10.1.0.0/16"), IPNetwork.Parse("::1/128")],
        };
        var changes = new List<ApiKey>();
        Database.Followers.AddKeys("test", changes.Add);
        var stored = await Database.Keys.AddKeyAsync(given, Actor, Cancel);
        Assert.Equal(stored.Id, Assert.Single(changes).Id);

        await ReopenAsync();
        var read = Assert.Single(await Database.Keys.ReadKeysAsync(Cancel));
        AssertSame(given with { Id = stored.Id }, read);
        await Assert.ThrowsAnyAsync<Exception>(() => Database.Keys.AddKeyAsync(given, Actor, Cancel));
        await Assert.ThrowsAnyAsync<Exception>(
            () => Database.Keys.AddKeyAsync(ApiKeyOf("b") with { Account = 99 }, Actor, Cancel));
        Assert.Single(await AuditAsync());
    }

    [Fact]
    public async Task A_revoked_key_is_told_and_stays_as_a_record()
    {
        var key = await Database.Keys.AddKeyAsync(ApiKeyOf("a"), Actor, Cancel);
        var changes = new List<ApiKey>();
        Database.Followers.AddKeys("test", changes.Add);
        Clock.Advance(TimeSpan.FromSeconds(1));
        var at = Clock.GetUtcNow();
        Assert.Equal(at, await RevokedAtAsync(key));
        Clock.Advance(TimeSpan.FromSeconds(1));
        Assert.Equal(at, await RevokedAtAsync(key));
        Assert.IsType<RevokeOutcome.Unknown>(await Database.Keys.RevokeKeyAsync(key.Id + 1, Actor, Cancel));

        Assert.Equal(at, Assert.Single(changes).RevokedAt);
        Assert.Equal(at, Assert.Single(await Database.Keys.ReadKeysAsync(Cancel)).RevokedAt);
        Assert.Equal(["key created", "key revoked"], (await AuditAsync()).Select(entry => entry.Action));
    }

    [Theory]
    [InlineData(0, true)]
    [InlineData(30, false)]
    public async Task A_rotated_key_ends_when_it_was_to(int grace, bool revoked)
    {
        var old = await Database.Keys.AddKeyAsync(
            ApiKeyOf("a") with { Networks = [IPNetwork.Parse("10.0.0.0/8")] }, Actor, Cancel);
        var changes = new List<ApiKey>();
        Database.Followers.AddKeys("test", changes.Add);
        var made = (await Database.Keys.RotateKeyAsync(old.Id, ApiKey.HashOf("b"), Later(grace), Actor, Cancel))!;

        AssertSame(old with { Id = made.Id, Hash = ApiKey.HashOf("b") }, made);
        Assert.Equal([made.Id, old.Id], changes.Select(key => key.Id));
        var ended = (await Database.Keys.ReadKeysAsync(Cancel))[0];
        Assert.Equal((revoked ? Clock.GetUtcNow() : null, revoked ? null : Later(30)), (ended.RevokedAt, ended.ExpiresAt));
        if (revoked) Assert.Null(await Database.Keys.RotateKeyAsync(old.Id, ApiKey.HashOf("c"), Later(0), Actor, Cancel));
        Assert.Null(await Database.Keys.RotateKeyAsync(99, ApiKey.HashOf("d"), Later(0), Actor, Cancel));
        Assert.DoesNotContain(
            Convert.ToHexString(made.Hash), string.Concat((await AuditAsync()).Select(entry => entry.Detail)),
            StringComparison.OrdinalIgnoreCase);
    }

    [Fact]
    public async Task Rotating_does_not_let_a_key_live_longer()
    {
        var old = await Database.Keys.AddKeyAsync(ApiKeyOf("a") with { ExpiresAt = Later(10) }, Actor, Cancel);
        await Database.Keys.RotateKeyAsync(old.Id, ApiKey.HashOf("b"), Later(30), Actor, Cancel);
        Assert.All(await Database.Keys.ReadKeysAsync(Cancel), key => Assert.Equal(Later(10), key.ExpiresAt));
        Clock.Advance(TimeSpan.FromSeconds(10));
        Assert.Null(await Database.Keys.RotateKeyAsync(old.Id, ApiKey.HashOf("c"), Later(30), Actor, Cancel));
    }

    [Fact]
    public async Task There_is_one_first_key_at_a_time()
    {
        Assert.True(await Database.Keys.SetFirstKeyAsync(ApiKeyOf("a"), Cancel));
        Assert.True(await Database.Keys.SetFirstKeyAsync(ApiKeyOf("a"), Cancel));
        Assert.Single(await AuditAsync());
        Assert.True(await Database.Keys.SetFirstKeyAsync(ApiKeyOf("b"), Cancel));
        Assert.Equal(ApiKey.HashOf("b"), Assert.Single(await Database.Keys.ReadKeysAsync(Cancel)).Hash);
        Assert.True(await Database.Keys.SetFirstKeyAsync(ApiKeyOf("a"), Cancel));

        await Database.Keys.AddKeyAsync(ApiKeyOf("other") with { Name = "other" }, Actor, Cancel);
        Assert.False(await Database.Keys.SetFirstKeyAsync(ApiKeyOf("other"), Cancel));
        var first = (await Database.Keys.ReadKeysAsync(Cancel))[0];
        await Database.Keys.RevokeKeyAsync(first.Id, Actor, Cancel);
        Assert.False(await Database.Keys.SetFirstKeyAsync(ApiKeyOf("a"), Cancel));
        Assert.True(await Database.Keys.SetFirstKeyAsync(ApiKeyOf("c"), Cancel));
    }

    [Fact]
    public async Task Use_is_noted_for_the_keys_that_were_used()
    {
        var used = await Database.Keys.AddKeyAsync(ApiKeyOf("a"), Actor, Cancel);
        await Database.Keys.AddKeyAsync(ApiKeyOf("b"), Actor, Cancel);
        Clock.Advance(TimeSpan.FromMinutes(1));
        await Database.Keys.RecordKeyUseAsync([used.Id], Cancel);
        Assert.Equal([Clock.GetUtcNow(), null], (await Database.Keys.ReadKeysAsync(Cancel)).Select(key => key.LastUsedAt));
    }

    [Fact]
    public async Task The_audit_is_read_from_where_one_left_off()
    {
        foreach (var subject in new[] { "job 1", "job 2", "job 3" })
            await Database.Audit.AppendAuditAsync(
                new AuditEntry(Actor, "job cancelled", subject, Detail.Of(("force", true), ("reason", null))), Cancel);
        await ReopenAsync();

        var all = await AuditAsync();
        Assert.Equal(["job 1", "job 2", "job 3"], all.Select(entry => entry.Subject));
        Assert.All(
            all, entry => Assert.Equal((Actor, """{"force":true}""", Clock.GetUtcNow()), (entry.Actor, entry.Detail, entry.At)));
        Assert.Equal(["job 3"], (await AuditAsync(all[1].Id)).Select(entry => entry.Subject));
    }

    private static void AssertSame(ApiKey expected, ApiKey actual)
    {
        Assert.Equal(expected.Hash, actual.Hash);
        Assert.Equal(expected.Networks, actual.Networks);
        Assert.Equal(expected with { Hash = actual.Hash, Networks = actual.Networks }, actual);
    }

    private async Task<DateTimeOffset?> RevokedAtAsync(ApiKey key) =>
        Assert.IsType<RevokeOutcome.Revoked>(await Database.Keys.RevokeKeyAsync(key.Id, Actor, Cancel)).Key.RevokedAt;

    private ApiKey ApiKeyOf(string key) =>
        new()
        {
            Hash = ApiKey.HashOf(key), Account = Account, Name = "first", Scopes = Scopes.Submit | Scopes.Read,
            CreatedAt = Clock.GetUtcNow(),
        };

    private List<Account> AccountChanges()
    {
        var changes = new List<Account>();
        Database.Followers.AddAccounts("test", changes.Add);
        return changes;
    }

    private async Task<List<AuditEntry>> AuditAsync(long after = 0) =>
        await Database.Audit.ReadAuditAsync(after, Cancel).ToListAsync(Cancel);
}
