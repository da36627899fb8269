using Rushes.Database;
using Xunit;

namespace Rushes.Tests.Conformance;

/// <summary>Tags of jobs, and presets.</summary>
public abstract partial class DatabaseConformance
{
    [Fact]
    public async Task Jobs_are_found_by_their_tags_and_deleted_with_them()
    {
        var library = Database.Library;
        var ids = new List<long>();
        for (var i = 0; i < 3; i++) ids.Insert(0, await SubmitAsync());
        Assert.True(await library.SetTagsAsync(ids[0], Account, ["sea", "favorite", "sea"], Cancel));
        Assert.True(await library.SetTagsAsync(ids[1], Account, ["favorite"], Cancel));
        Assert.False(await library.SetTagsAsync(ids[2], Account + 1, ["favorite"], Cancel));
        Assert.False(await library.SetTagsAsync(ids[0] + 1000, Account, ["favorite"], Cancel));

        var tags = await library.ReadTagsAsync(ids, Cancel);
        Assert.Equal(["favorite", "sea"], tags[ids[0]]);
        Assert.Empty(tags[ids[2]]);
        Assert.Equal([new("favorite", 2), new("sea", 1)], await library.ReadTagCountsAsync(Account, Cancel));
        Assert.Equal(ids[..2], await library.FindTaggedAsync(Account, "favorite", long.MaxValue, 10, Cancel));
        Assert.Equal([ids[1]], await library.FindTaggedAsync(Account, "favorite", ids[0], 10, Cancel));
        Assert.Empty(await library.FindTaggedAsync(Account + 1, "favorite", long.MaxValue, 10, Cancel));

        await library.SetTagsAsync(ids[1], Account, [], Cancel);
        await Database.Jobs.DeleteAsync(ids[0], Account, Cancel);
        Assert.Empty(await library.ReadTagCountsAsync(Account, Cancel));
    }

    [Fact]
    public async Task Presets_are_stored_replaced_limited_and_deleted()
    {
        var library = Database.Library;
        Assert.True(await library.SetPresetAsync(Account, new Preset("b", "{}"), Cancel));
        Assert.True(await library.SetPresetAsync(Account, new Preset("a", "{}"), Cancel));
        Assert.True(await library.SetPresetAsync(Account, new Preset("b", """{"model":"x"}"""), Cancel));
        Assert.Equal(
            [new("a", "{}"), new("b", """{"model":"x"}""")], await library.ReadPresetsAsync(Account, Cancel));
        Assert.Empty(await library.ReadPresetsAsync(Account + 1, Cancel));

        for (var i = 2; i < IJobLibrary.MaxPresets; i++)
            Assert.True(await library.SetPresetAsync(Account, new Preset($"p{i}", "{}"), Cancel));
        Assert.False(await library.SetPresetAsync(Account, new Preset("one too many", "{}"), Cancel));
        Assert.True(await library.SetPresetAsync(Account, new Preset("a", "{}"), Cancel));
        Assert.True(await library.DeletePresetAsync(Account, "a", Cancel));
        Assert.False(await library.DeletePresetAsync(Account, "a", Cancel));
    }
}
