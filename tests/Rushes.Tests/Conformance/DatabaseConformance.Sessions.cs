using Rushes.Accounts;
using Xunit;

namespace Rushes.Tests.Conformance;

/// <summary>Console sessions: what ends them, and how followers are notified.</summary>
public abstract partial class DatabaseConformance
{
    [Fact]
    public async Task A_session_is_kept_as_it_was_given_and_told()
    {
        var key = await Database.Keys.AddKeyAsync(ApiKeyOf("a"), Actor, Cancel);
        var changes = SessionChanges();
        var session = SessionOf(key, "one");
        Assert.True(await Database.Sessions.AddSessionAsync(session, Cancel));
        Assert.Equal([("one", false)], changes);

        await ReopenAsync();
        var read = Assert.Single(await Database.Sessions.ReadSessionsAsync(Cancel));
        Assert.Equal(session.Hash, read.Hash);
        Assert.Equal(session with { Hash = read.Hash }, read);
    }

    [Fact]
    public async Task Signing_out_ends_one_session()
    {
        var key = await Database.Keys.AddKeyAsync(ApiKeyOf("a"), Actor, Cancel);
        await Database.Sessions.AddSessionAsync(SessionOf(key, "one"), Cancel);
        await Database.Sessions.AddSessionAsync(SessionOf(key, "two"), Cancel);
        var changes = SessionChanges();
        await Database.Sessions.EndSessionAsync(ConsoleSession.HashOf("one"), Cancel);
        await Database.Sessions.EndSessionAsync(ConsoleSession.HashOf("one"), Cancel);
        Assert.Equal([("one", true)], changes);
        Assert.Equal(["two"], await SessionsAsync());
    }

    [Theory]
    [InlineData("revoked")]
    [InlineData("rotated")]
    [InlineData("rotated with grace")]
    [InlineData("suspended")]
    [InlineData("replaced")]
    public async Task The_sessions_of_a_key_end_with_it(string how)
    {
        await Database.Keys.SetFirstKeyAsync(ApiKeyOf("a"), Cancel);
        var key = Assert.Single(await Database.Keys.ReadKeysAsync(Cancel));
        var carol = (await Database.Accounts.AddAccountAsync("carol", "paid", Actor, Cancel))!;
        var other = await Database.Keys.AddKeyAsync(ApiKeyOf("b") with { Account = carol.Id }, Actor, Cancel);
        await Database.Sessions.AddSessionAsync(SessionOf(key, "one"), Cancel);
        await Database.Sessions.AddSessionAsync(SessionOf(key, "two"), Cancel);
        await Database.Sessions.AddSessionAsync(SessionOf(other, "other"), Cancel);
        var changes = SessionChanges();

        await (how switch
        {
            "revoked" => Database.Keys.RevokeKeyAsync(key.Id, Actor, Cancel),
            "rotated" => Database.Keys.RotateKeyAsync(key.Id, ApiKey.HashOf("c"), Later(0), Actor, Cancel),
            "rotated with grace" => Database.Keys.RotateKeyAsync(key.Id, ApiKey.HashOf("c"), Later(60), Actor, Cancel),
            "suspended" => Database.Accounts.ChangeAccountAsync(Account, new AccountChange(null, null, true), Actor, Cancel),
            _ => (Task)Database.Keys.SetFirstKeyAsync(ApiKeyOf("c"), Cancel),
        });

        Assert.Equal([("one", true), ("two", true)], changes.Order());
        Assert.Equal(["other"], await SessionsAsync());
    }

    [Fact]
    public async Task A_key_that_is_no_longer_good_begins_no_session()
    {
        var revoked = await Database.Keys.AddKeyAsync(ApiKeyOf("a"), Actor, Cancel);
        await Database.Keys.RevokeKeyAsync(revoked.Id, Actor, Cancel);
        var suspended = await Database.Keys.AddKeyAsync(ApiKeyOf("b"), Actor, Cancel);
        await Database.Accounts.ChangeAccountAsync(Account, new AccountChange(null, null, true), Actor, Cancel);
        var changes = SessionChanges();
        Assert.False(await Database.Sessions.AddSessionAsync(SessionOf(revoked, "one"), Cancel));
        Assert.False(await Database.Sessions.AddSessionAsync(SessionOf(suspended, "two"), Cancel));
        Assert.Empty(changes);
        Assert.Empty(await SessionsAsync());
    }

    [Fact]
    public async Task A_new_session_replaces_expired_ones_and_the_oldest_of_too_many()
    {
        var key = await Database.Keys.AddKeyAsync(ApiKeyOf("a"), Actor, Cancel);
        await Database.Sessions.AddSessionAsync(SessionOf(key, "expires") with { ExpiresAt = Later(1) }, Cancel);
        for (var i = 0; i < ConsoleSession.MaxPerKey; i++)
        {
            Clock.Advance(TimeSpan.FromSeconds(1));
            await Database.Sessions.AddSessionAsync(SessionOf(key, $"{i}"), Cancel);
        }

        Assert.Equal(ConsoleSession.MaxPerKey, (await SessionsAsync()).Count);
        var changes = SessionChanges();
        Clock.Advance(TimeSpan.FromSeconds(1));
        await Database.Sessions.AddSessionAsync(SessionOf(key, "last"), Cancel);
        Assert.Equal([("0", true), ("last", false)], changes);
        Assert.Equal(ConsoleSession.MaxPerKey, (await SessionsAsync()).Count);
    }

    [Fact]
    public async Task A_person_has_one_key_whose_scopes_are_those_of_the_latest_sign_in()
    {
        var person = new Person(Person.IdOf("https://id", "1"), "Ann", "ann", MayJoin: false, Scopes.Read | Scopes.Admin);
        var made = await SignInAsync(person);
        Assert.Equal(("sign-in of Ann", person.Scopes, true), (made.Name, made.Scopes, made.IsPerson));
        await Database.Sessions.AddSessionAsync(SessionOf(made, "one"), Cancel);
        Assert.Equal(made.Id, (await SignInAsync(person with { Account = "renamed" })).Id);
        Assert.Equal(["one"], await SessionsAsync());

        await ReopenAsync();
        var changed = await SignInAsync(person with { Scopes = Scopes.Read });
        Assert.Equal((made.Id, made.Account, Scopes.Read), (changed.Id, changed.Account, changed.Scopes));
        Assert.Empty(await SessionsAsync());
        await Database.Sessions.AddSessionAsync(SessionOf(changed, "two"), Cancel);
        var none = person with { Scopes = Scopes.None };
        Assert.IsType<SignInOutcome.NotAllowed>(await Database.Keys.SignInAsync(none, Cancel));
        Assert.Empty(await SessionsAsync());

        Assert.Null(await Database.Keys.RotateKeyAsync(made.Id, ApiKey.HashOf("c"), Later(0), Actor, Cancel));
        await Database.Keys.RevokeKeyAsync(made.Id, Actor, Cancel);
        Assert.IsType<SignInOutcome.Revoked>(await Database.Keys.SignInAsync(person, Cancel));
    }

    [Fact]
    public async Task A_new_person_joins_an_account_only_if_allowed_and_is_no_last_operator()
    {
        var admin = await Database.Keys.AddKeyAsync(ApiKeyOf("a") with { Scopes = Scopes.All }, Actor, Cancel);
        var joined = (await Database.Accounts.AddAccountAsync("ann", "paid", Actor, Cancel))!;
        var person = new Person(Person.IdOf("https://id", "1"), "Ann", "ann", MayJoin: false, Scopes.Admin);
        Assert.IsType<SignInOutcome.AccountExists>(await Database.Keys.SignInAsync(person, Cancel));
        var key = await SignInAsync(person with { MayJoin = true });
        Assert.Equal(joined.Id, key.Account);
        Assert.Equal(joined.Id, (await SignInAsync(person with { Id = Person.IdOf("https://id", "2"), MayJoin = true })).Account);
        // The provider can be down, so a person's key is not enough to repair things with.
        Assert.IsType<RevokeOutcome.LastAdmin>(await Database.Keys.RevokeKeyAsync(admin.Id, Actor, Cancel));
        Assert.IsType<RevokeOutcome.Revoked>(await Database.Keys.RevokeKeyAsync(key.Id, Actor, Cancel));
    }

    private async Task<ApiKey> SignInAsync(Person person) =>
        Assert.IsType<SignInOutcome.SignedIn>(await Database.Keys.SignInAsync(person, Cancel)).Key;

    private ConsoleSession SessionOf(ApiKey key, string id) =>
        new() { Hash = NameHash(id), Key = key.Id, CreatedAt = Clock.GetUtcNow(), ExpiresAt = Later(3600) };

    /// <summary>The sessions that followers are notified of from now on, and whether they ended.</summary>
    private List<(string Id, bool Ended)> SessionChanges()
    {
        var changes = new List<(string, bool)>();
        Database.Followers.AddSessions("test", session => changes.Add((names[Convert.ToHexString(session.Hash)], session.Ended)));
        return changes;
    }

    private async Task<List<string>> SessionsAsync() =>
        [.. (await Database.Sessions.ReadSessionsAsync(Cancel)).Select(session => names[Convert.ToHexString(session.Hash)])];

    private readonly Dictionary<string, string> names = [];

    private byte[] NameHash(string id)
    {
        var hash = ConsoleSession.HashOf(id);
        names[Convert.ToHexString(hash)] = id;
        return hash;
    }
}
