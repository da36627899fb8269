using System.Globalization;
using Rushes.Accounts;
using Rushes.Catalog;
using Xunit;

namespace Rushes.Tests.Accounts;

public sealed class PriceTests
{
    [Theory]
    [InlineData("wan22-s2v-fast", 480, 5, 0.75)]
    [InlineData("wan22-s2v-fast", 576, 5, 1.00)]
    [InlineData("wan22-s2v-fast", 720, 5, 1.25)]
    [InlineData("wan22-s2v-fast", 480, 0.5, 0.75)]
    [InlineData("wan22-s2v-fast", 480, 5.0625, 1.50)]
    [InlineData("wan22-s2v-fast", 720, 15.0000000001, 3.75)]
    [InlineData("wan22-s2v-fast", 720, 29.9375, 7.50)]
    [InlineData("wan22-fast-t2v", 512, 5, 0.25)]
    [InlineData("wan22-fast-t2v", 600, 5, 0.25)]
    [InlineData("wan22-fast-t2v", 768, 5, 0.50)]
    public void Each_started_five_seconds_cost_the_height_classs_price(string model, int lines, double seconds, double price) =>
        Assert.Equal((long)(price * 1_000_000), Price.Of(CatalogReader.Read().Find(model)!.Family, lines, seconds));

    [Theory]
    [InlineData("1", 4, 1.50)]
    [InlineData("1.25", 0, 1.50)]
    [InlineData("1.25", 1, 1.875)]
    [InlineData("1.25", 2, 2.25)]
    public void Interpolated_frames_cost_by_a_factor_of_their_own(string factor, int between, double price)
    {
        var family = CatalogReader.Read().Find(
            "wan22-fast-t2v")!.Family with { InterpolationFactor = decimal.Parse(factor, CultureInfo.InvariantCulture) };
        Assert.Equal((long)(price * 1_000_000), Price.Of(family, 720, 161 / 16.0, between));
    }

    [Theory]
    [InlineData(1, "0.5", 1)]
    [InlineData(3, "1.5", 5)]
    [InlineData(750_001, "1.5", 1_125_002)]
    [InlineData(100_001, "0.3", 30_000)]
    public void Half_a_millionth_is_charged_as_a_whole_one(long price, string steps, long charged)
    {
        var family = CatalogReader.Read().Find("wan22-fast-t2v")!.Family with
        {
            Price = new Dictionary<int, long> { [720] = price },
        };
        Assert.Equal(charged, Price.Of(family, 720, 5, steps: decimal.Parse(steps, CultureInfo.InvariantCulture)));
    }

    [Fact]
    public void A_family_without_prices_is_free()
    {
        var family = CatalogReader.Read().Find("wan22-fast-t2v")!.Family;
        Assert.Equal(0, Price.Of(family with { Price = new Dictionary<int, long>() }, 480, 5));
    }

    [Theory]
    [InlineData(750_000, "0.75")]
    [InlineData(12_000_000, "12.00")]
    [InlineData(-1, "-0.000001")]
    public void Amounts_are_read_in_units(long millionths, string text)
    {
        Assert.Equal(text, Money.Text(millionths));
        Assert.Equal(millionths, Money.Millionths(Money.Units(millionths)));
    }

    [Fact]
    public void An_amount_finer_than_a_millionth_is_none() => Assert.Null(Money.Millionths(0.0000001m));
}
