using System.Net;
using FsCheck;
using FsCheck.Fluent;
using Rushes.Outbound;
using Xunit;

namespace Rushes.Tests.Outbound;

public sealed class AddressRulesTests
{
    [Theory]
    [InlineData("1.1.1.1")]
    [InlineData("93.184.216.34")]
    [InlineData("100.63.255.255")]
    [InlineData("100.128.0.0")]
    [InlineData("172.15.255.255")]
    [InlineData("172.32.0.0")]
    [InlineData("198.17.255.255")]
    [InlineData("198.20.0.0")]
    [InlineData("223.255.255.255")]
    [InlineData("2606:4700::1111")]
    [InlineData("2001:200::1")]
    [InlineData("2a00:1450:4001:80e::200e")]
    [InlineData("::ffff:1.1.1.1")]
    [InlineData("64:ff9b::1.1.1.1")]
    public void Public_addresses_are_allowed(string address) =>
        Assert.True(AddressRules.PublicOnly.Allows(IPAddress.Parse(address)));

    [Theory]
    [InlineData("0.0.0.0")]
    [InlineData("0.255.255.255")]
    [InlineData("10.0.0.0")]
    [InlineData("10.255.255.255")]
    [InlineData("100.64.0.0")]
    [InlineData("100.127.255.255")]
    [InlineData("127.0.0.1")]
    [InlineData("127.255.255.255")]
    [InlineData("168.63.129.16")]
    [InlineData("169.254.0.0")]
    [InlineData("169.254.169.254")]
    [InlineData("172.16.0.0")]
    [InlineData("172.31.255.255")]
    [InlineData("192.0.0.1")]
    [InlineData("192.0.2.1")]
    [InlineData("192.88.99.1")]
    [InlineData("192.168.0.0")]
    [InlineData("192.168.255.255")]
    [InlineData("198.18.0.0")]
    [InlineData("198.19.255.255")]
    [InlineData("198.51.100.1")]
    [InlineData("203.0.113.1")]
    [InlineData("224.0.0.1")]
    [InlineData("239.255.255.255")]
    [InlineData("240.0.0.1")]
    [InlineData("255.255.255.255")]
    [InlineData("::")]
    [InlineData("::1")]
    [InlineData("::127.0.0.1")]
    [InlineData("::8.8.8.8")]
    [InlineData("::ffff:127.0.0.1")]
    [InlineData("::ffff:0:127.0.0.1")]
    [InlineData("64:ff9b::10.0.0.1")]
    [InlineData("64:ff9b::169.254.169.254")]
    [InlineData("64:ff9b:1::1.1.1.1")]
    [InlineData("100::1")]
    [InlineData("2001::1")]
    [InlineData("2001:0:4136:e378:8000:63bf:3fff:fdd2")]
    [InlineData("2001:1ff::1")]
    [InlineData("2001:db8::1")]
    [InlineData("2002:7f00:1::1")]
    [InlineData("2002:808:808::1")]
    [InlineData("3fff::1")]
    [InlineData("5f00::1")]
    [InlineData("fc00::1")]
    [InlineData("fd00:ec2::254")]
    [InlineData("fd00:ec2::254%2")]
    [InlineData("fdff::1")]
    [InlineData("fe80::1")]
    [InlineData("fe80::1%1")]
    [InlineData("fec0::1")]
    [InlineData("ff02::1")]
    [InlineData("2a00:1450:4001:80e:0:5efe:127.0.0.1")]
    [InlineData("2a00:1450:4001:80e:200:5efe:127.0.0.1")]
    public void Addresses_that_are_no_place_on_the_public_internet_are_not(string address) =>
        Assert.False(AddressRules.PublicOnly.Allows(IPAddress.Parse(address)));

    [Theory]
    [InlineData("10.20.0.0/16", "10.20.255.1", true)]
    [InlineData("10.20.0.0/16", "10.21.0.1", false)]
    [InlineData("10.20.0.0/16", "::ffff:10.20.0.1", true)]
    [InlineData("10.20.0.0/16", "64:ff9b::10.20.0.1", false)]
    [InlineData(" 127.0.0.1/32 , ::1/128, ", "::1", true)]
    [InlineData("127.0.0.1", "127.0.0.1", true)]
    [InlineData("127.0.0.1", "127.0.0.2", false)]
    [InlineData("fd12:3400::/25", "fd12:3400::1", true)]
    [InlineData("fd12:3400::/25", "fd12:3480::1", false)]
    [InlineData("0.0.0.0/0", "10.0.0.1", true)]
    [InlineData("0.0.0.0/0", "::1", false)]
    [InlineData("", "10.0.0.1", false)]
    [InlineData(null, "1.1.1.1", true)]
    public void Listed_networks_are_allowed_and_no_others(string? allow, string address, bool allowed) =>
        Assert.Equal(allowed, AddressRules.Parse(allow).Allows(IPAddress.Parse(address)));

    [Theory]
    [InlineData("0.0.0.0/0", "169.254.169.254", false)]
    [InlineData("169.254.0.0/16", "::ffff:169.254.169.254", false)]
    [InlineData("169.254.0.0/16", "169.254.1.1", true)]
    [InlineData("fd00::/8", "fd00:ec2::254", false)]
    [InlineData("100.64.0.0/10", "100.100.100.200", false)]
    [InlineData("0.0.0.0/0,169.254.169.254/32", "169.254.169.254", true)]
    [InlineData("fd00:ec2::254", "fd00:ec2::254", true)]
    public void A_metadata_service_is_allowed_only_by_an_entry_of_its_own(string allow, string address, bool allowed) =>
        Assert.Equal(allowed, AddressRules.Parse(allow).Allows(IPAddress.Parse(address)));

    [Theory]
    [InlineData("10.0.0.5/8", "did you mean 10.0.0.0/8 or 10.0.0.5/32?")]
    [InlineData("fd12::1/32", "did you mean fd12::/32 or fd12::1/128?")]
    [InlineData("10/8", "is not a network")]
    [InlineData("010.0.0.0/8", "is not a network")]
    [InlineData("localhost", "is not a network")]
    [InlineData("*", "is not a network")]
    [InlineData("fe80::%1/10", "is not a network")]
    [InlineData("10.0.0.0/8;127.0.0.0/8", "prefix length from 0 to 32")]
    [InlineData("10.0.0.0/33", "prefix length from 0 to 32")]
    [InlineData("10.0.0.0/-1", "prefix length from 0 to 32")]
    [InlineData("10.0.0.0/", "prefix length from 0 to 32")]
    [InlineData("fd12::/129", "prefix length from 0 to 128")]
    [InlineData("::ffff:10.0.0.0/104", "write it as IPv4")]
    public void A_bad_entry_is_named_with_what_to_write_instead(string entry, string hint)
    {
        var failure = Assert.Throws<FormatException>(() => AddressRules.Parse($"127.0.0.0/8, {entry}"));
        Assert.StartsWith($"RUSHES_FETCH_ALLOW: '{entry}' ", failure.Message, StringComparison.Ordinal);
        Assert.Contains(hint, failure.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void An_ipv4_address_gets_one_verdict_in_all_the_forms_that_reach_it() =>
        Prop.ForAll<uint>(bits =>
        {
            var plain = new IPAddress([(byte)(bits >> 24), (byte)(bits >> 16), (byte)(bits >> 8), (byte)bits]);
            var rules = AddressRules.PublicOnly;
            var verdict = rules.Allows(plain);
            return rules.Allows(plain.MapToIPv6()) == verdict
                && rules.Allows(IPAddress.Parse($"64:ff9b::{plain}")) == verdict
                && !rules.Allows(IPAddress.Parse($"64:ff9b:1::{plain}"))
                && AddressRules.Parse(plain.ToString()).Allows(plain.MapToIPv6());
        }).QuickCheckThrowOnFailure();
}
