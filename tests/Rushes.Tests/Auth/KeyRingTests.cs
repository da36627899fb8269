using System.Net;
using Microsoft.AspNetCore.Http;
using Rushes.Accounts;
using Rushes.Catalog;
using Rushes.Server.Auth;
using Xunit;

namespace Rushes.Tests.Auth;

public sealed class KeyRingTests
{
    private readonly FakeClock clock = new();
    private readonly AccountDirectory accounts = new(new Dictionary<string, Plan>());
    private readonly KeyRing ring;

    public KeyRingTests() => ring = new KeyRing(accounts, clock);

    [Fact]
    public void A_key_is_good_until_it_expires()
    {
        ring.Apply(Key() with { ExpiresAt = clock.GetUtcNow().AddSeconds(10) });
        clock.Advance(TimeSpan.FromSeconds(9.999));
        Assert.NotNull(Find());
        clock.Advance(TimeSpan.FromSeconds(0.001));
        Assert.Null(Find());
    }

    [Fact]
    public void A_key_is_good_until_it_is_revoked()
    {
        ring.Apply(Key());
        Assert.Equal(new Caller(7, "a", 3, Scopes.Read), Find());
        ring.Apply(Key() with { RevokedAt = clock.GetUtcNow() });
        Assert.Null(Find());
    }

    [Theory]
    [InlineData("Authorization", "Bearer secret")]
    [InlineData("Authorization", "key  secret ")]
    [InlineData("Authentication", "Bearer secret")]
    [InlineData("Ocp-Apim-Subscription-Key", "secret")]
    public void A_header_that_was_accepted_is_rejected_after_its_key_is_revoked(string name, string header)
    {
        var http = new DefaultHttpContext();
        http.Request.Headers[name] = header;
        Assert.Null(ring.Identify(http));
        ring.Apply(Key());
        Assert.Equal(7, ring.Identify(http)?.Key);
        Assert.Equal(7, ring.Identify(http)?.Key);
        ring.Apply(Key() with { RevokedAt = clock.GetUtcNow() });
        Assert.Null(ring.Identify(http));
        ring.Apply(Key() with { Id = 8 });
        Assert.Equal(8, ring.Identify(http)?.Key);
    }

    [Theory]
    [InlineData("10.1.2.3", true)]
    [InlineData("::ffff:10.1.2.3", true)]
    [InlineData("10.2.0.1", false)]
    [InlineData("192.0.2.7", true)]
    [InlineData("192.0.2.8", false)]
    [InlineData("2001:db8::5", true)]
    [InlineData("2001:db9::5", false)]
    [InlineData(null, false)]
    public void A_key_for_some_networks_is_good_from_them_alone(string? client, bool good)
    {
        Assert.True(KeyNetworks.TryParse("10.1.0.0/16, 192.0.2.7,2001:db8::/32", out var networks, out _));
        ring.Apply(Key() with { Networks = networks });
        Assert.Equal(good, ring.Find("secret", client is null ? null : IPAddress.Parse(client)) is not null);
    }

    [Theory]
    [InlineData("192.0.2.7", "192.0.2.7", true)]
    [InlineData("192.0.2.7", "192.0.2.6", false)]
    [InlineData("2001:db8::7", "2001:db8::7", true)]
    [InlineData("2001:db8::7", "2001:db8::6", false)]
    [InlineData("2001:db8::7", "2001:db8:1::7", false)]
    public void An_address_is_a_network_of_itself(string written, string client, bool good)
    {
        Assert.True(KeyNetworks.TryParse(written, out var networks, out _));
        Assert.Equal(good, KeyNetworks.Allow(networks, IPAddress.Parse(client)));
    }

    [Theory]
    [InlineData("10.0.0.0/33")]
    [InlineData("everywhere")]
    public void A_network_that_is_none_is_named(string text)
    {
        Assert.False(KeyNetworks.TryParse($"10.0.0.0/8,{text}", out _, out var bad));
        Assert.Equal(text, bad);
    }

    [Fact]
    public void The_keys_of_a_suspended_account_are_not_good()
    {
        var account = new Account(3, "alice", "default", false, clock.GetUtcNow());
        ring.Apply(Key());
        accounts.Apply(account with { Suspended = true });
        Assert.Null(Find());
        accounts.Apply(account);
        Assert.NotNull(Find());
    }

    [Fact]
    public void Use_is_told_once()
    {
        ring.Apply(Key());
        ring.Apply(Key() with { Id = 8, Hash = ApiKey.HashOf("other") });
        Assert.Empty(ring.TakeUsed());
        Find();
        Find();
        Assert.Equal([7], ring.TakeUsed());
        Assert.Empty(ring.TakeUsed());
        Find();
        Assert.Equal([7], ring.TakeUsed());
    }

    private Caller? Find() => ring.Find("secret", IPAddress.Loopback);

    private ApiKey Key() =>
        new()
        {
            Id = 7, Hash = ApiKey.HashOf("secret"), Account = 3, Name = "a", Scopes = Scopes.Read, CreatedAt = clock.GetUtcNow(),
        };
}
