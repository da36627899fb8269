using Rushes.Jobs;
using Xunit;

namespace Rushes.Tests.Jobs;

public sealed class JobIdsTests
{
    private readonly JobIds ids = new(Enumerable.Range(0, 32).Select(value => (byte)value).ToArray());

    [Theory]
    [InlineData(1)]
    [InlineData(375867)]
    [InlineData((1L << 62) - 1)]
    public void Every_form_leads_back_to_the_number(long id)
    {
        Assert.Equal(id, ids.Parse(id.ToString()));
        Assert.Equal(id, ids.Parse(ids.ToUuid(id)));
        Assert.Equal(id, ids.Parse(ids.ToHex(id)));
        Assert.Equal(id, ids.Parse(ids.ToVideoId(id)));
        Assert.Equal(id, ids.Parse(ids.ToShort(id)));
        Assert.Equal(32, ids.ToHex(id).Length);
        Assert.Matches("^[0-9a-z]{26}$", ids.ToShort(id));
    }

    [Fact]
    public void A_uuid_is_the_same_in_every_version() =>
        Assert.Equal("543ebe54-6001-4dec-b577-1870e800c7b0", ids.ToUuid(375867));

    [Fact]
    public void A_uuid_has_the_shape_of_version_4() =>
        Assert.Matches("^[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$", ids.ToUuid(12));

    [Fact]
    public void A_uuid_of_another_installation_or_with_a_changed_bit_is_none()
    {
        var uuid = ids.ToGuid(12).ToByteArray();
        Assert.Null(new JobIds(new byte[32]).Parse(ids.ToUuid(12)));
        for (var bit = 0; bit < 128; bit++)
        {
            var changed = (byte[])uuid.Clone();
            changed[bit / 8] ^= (byte)(1 << (bit % 8));
            Assert.Null(ids.Parse(new Guid(changed).ToString()));
        }
    }

    [Theory]
    [InlineData("")]
    [InlineData("abc")]
    [InlineData("-1")]
    [InlineData("1.5")]
    [InlineData("99999999999999999999")]
    [InlineData("5ccf2522-a146-4032-92f2-c0bba9607ff8")]
    [InlineData("video_5ccf2522a146403292f2c0bba9607ff8")]
    [InlineData("zzzzzzzzzzzzzzzzzzzzzzzzzz")]
    [InlineData("0123456789abcdefghijklmnop")]
    public void What_is_no_id_is_none(string text) => Assert.Null(ids.Parse(text));
}
