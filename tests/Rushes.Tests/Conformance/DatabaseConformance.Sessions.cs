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
        var told = SessionsTold();
        var session = SessionOf(key, "one");
        Assert.True(await Database.Sessions.AddSessionAsync(session, Cancel));
        Assert.Equal([("one", false)], told);

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
        var told = SessionsTold();
        await Database.Sessions.EndSessionAsync(ConsoleSession.HashOf("one"), Cancel);
        await Database.Sessions.EndSessionAsync(ConsoleSession.HashOf("one"), Cancel);
        Assert.Equal([("one", true)], told);
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
        var told = SessionsTold();

        await (how switch
        {
            "revoked" => Database.Keys.RevokeKeyAsync(key.Id, Actor, Cancel),
            "rotated" => Database.Keys.RotateKeyAsync(key.Id, ApiKey.HashOf("c"), Later(0), Actor, Cancel),
            "rotated with grace" => Database.Keys.RotateKeyAsync(key.Id, ApiKey.HashOf("c"), Later(60), Actor, Cancel),
            "suspended" => Database.Accounts.ChangeAccountAsync(Account, new AccountChange(null, null, true), Actor, Cancel),
            _ => (Task)Database.Keys.SetFirstKeyAsync(ApiKeyOf("c"), Cancel),
        });

        Assert.Equal([("one", true), ("two", true)], told.Order());
        Assert.Equal(["other"], await SessionsAsync());
    }

    [Fact]
    public async Task A_key_that_is_no_longer_good_begins_no_session()
    {
        var revoked = await Database.Keys.AddKeyAsync(ApiKeyOf("a"), Actor, Cancel);
        await Database.Keys.RevokeKeyAsync(revoked.Id, Actor, Cancel);
        var suspended = await Database.Keys.AddKeyAsync(ApiKeyOf("b"), Actor, Cancel);
        await Database.Accounts.ChangeAccountAsync(Account, new AccountChange(null, null, true), Actor, Cancel);
        var told = SessionsTold();
        Assert.False(await Database.Sessions.AddSessionAsync(SessionOf(revoked, "one"), Cancel));
        Assert.False(await Database.Sessions.AddSessionAsync(SessionOf(suspended, "two"), Cancel));
        Assert.Empty(told);
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
        var told = SessionsTold();
        Clock.Advance(TimeSpan.FromSeconds(1));
        await Database.Sessions.AddSessionAsync(SessionOf(key, "last"), Cancel);
        Assert.Equal([("0", true), ("last", false)], told);
        Assert.Equal(ConsoleSession.MaxPerKey, (await SessionsAsync()).Count);
    }

    private ConsoleSession SessionOf(ApiKey key, string id) =>
        new() { Hash = NameHash(id), Key = key.Id, CreatedAt = Clock.GetUtcNow(), ExpiresAt = Later(3600) };

    /// <summary>The sessions that followers are notified of from now on, and whether they ended.</summary>
    private List<(string Id, bool Ended)> SessionsTold()
    {
        var told = new List<(string, bool)>();
        Database.Followers.AddSessions("test", session => told.Add((names[Convert.ToHexString(session.Hash)], session.Ended)));
        return told;
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
