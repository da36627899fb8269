using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using Rushes.Engines.Comfy;
using Xunit;

namespace Rushes.Tests.Engines.Comfy;

/// <summary>Excerpts of what real servers told, read as the engine reads it.</summary>
public sealed class ReplayTests
{
    [Theory]
    [InlineData("four-steps", 18, 18)]
    [InlineData("broken-picture", 4, 0)]
    [InlineData("gifs", 4, 4)]
    [InlineData("three-chunks", 34, 34)]
    [InlineData("foley-broken", 56, 2)]
    [InlineData("killed", 32, 8)]
    [InlineData("same-id-twice", 4, 4)]
    [InlineData("nothing-run", 4, 0)]
    [InlineData("with-sound", 5, 5)]
    [InlineData("clip-in-folder", 6, 6)]
    public void Tasks_are_counted_to_where_the_prompt_came(string excerpt, int total, int done)
    {
        var received = Read(excerpt);
        var count = new TaskCount(received["graph"]!.AsObject(), "save");
        var seen = new List<int>();
        foreach (var message in received["told"]!.AsArray())
            if (count.Take(ComfyMessage.OfText(Encoding.UTF8.GetBytes(message!.ToJsonString()))!)) seen.Add(count.Done);

        Assert.Equal((total, done), (count.Total, count.Done));
        Assert.Equal(seen.Distinct().Order(), seen);
    }

    [Fact]
    public void The_end_is_announced_twice_and_history_has_the_file()
    {
        var received = Read("four-steps");
        var messages = received["told"]!.AsArray()
            .Select(message => ComfyMessage.OfText(Encoding.UTF8.GetBytes(message!.ToJsonString())))
            .ToList();

        Assert.Equal(2, messages.OfType<ComfyMessage.Ended>().Count());
        Assert.All(messages, message => Assert.Equal((string?)received["prompt_id"], message!.Prompt));
        var entry = History(received);
        Assert.True(entry.Succeeded);
        Assert.Equal(new OutputFile("wan22_t2v_fast_00001_.mp4", "gw", "output"), entry.Result("save"));
    }

    [Fact]
    public void A_video_is_found_under_whatever_key_it_lies()
    {
        Assert.True(History(Read("gifs")).Result("save")!.IsVideo);
        Assert.True(History(Read("no-listener")).Result("save")!.IsVideo);
    }

    [Fact]
    public void A_broken_node_is_named_without_the_server_s_paths()
    {
        var fault = History(Read("broken-picture")).Fault!;
        Assert.Equal(
            new NodeFault("image", "LoadImage", "PIL.UnidentifiedImageError", "cannot identify image file 'a file'"), fault);
        Assert.False(fault.OutOfMemory);
    }

    [Fact]
    public void A_node_of_another_pack_breaks_as_any_other()
    {
        var fault = History(Read("foley-broken")).Fault!;
        Assert.Equal(
            ("foley_deps", "HunyuanDependenciesLoader", "Error while deserializing header: header too small"),
            (fault.Node, fault.Class, fault.Message));
    }

    [Fact]
    public void A_success_that_ran_nothing_and_names_no_file_is_no_video()
    {
        var entry = History(Read("nothing-run"));
        Assert.True(entry.Succeeded);
        Assert.Null(entry.Result("save"));
    }

    [Fact]
    public void An_interruption_is_no_fault()
    {
        var entry = History(Read("interrupted"));
        Assert.Equal((false, true, null), (entry.Succeeded, entry.Interrupted, entry.Fault));
    }

    [Fact]
    public void Every_rejection_is_a_short_sentence_without_paths_and_lists()
    {
        foreach (var answer in Read("refusals")["answers"]!.AsArray())
        {
            var rejection = Rejection.Of(
                JsonSerializer.SerializeToElement(answer!["body"]), partly: (int)answer["status"]! == 200);

            Assert.NotEqual("no reason given", rejection.Message);
            Assert.DoesNotContain("/opt", rejection.Message, StringComparison.Ordinal);
            Assert.DoesNotContain("not in [", rejection.Message, StringComparison.Ordinal);
            Assert.InRange(rejection.Message.Length, 10, 1000);
        }
    }

    [Fact]
    public void Pictures_come_bare_or_described()
    {
        byte[] jpeg = [0xFF, 0xD8, 0xFF, 0xE0, 1, 2, 3];
        var about =
            """{"node_id":"sampler_high","prompt_id":"1f6fa569-b783-42bd-94d8-ba36a6f12014","image_type":"image/jpeg"}"""u8
                .ToArray();

        var bare = Assert.IsType<ComfyMessage.Preview>(ComfyMessage.OfBytes((byte[])[0, 0, 0, 1, 0, 0, 0, 1, .. jpeg]));
        var described = Assert.IsType<ComfyMessage.Preview>(
            ComfyMessage.OfBytes((byte[])[0, 0, 0, 4, 0, 0, 0, (byte)about.Length, .. about, .. jpeg]));

        Assert.Equal(jpeg, bare.Jpeg.ToArray());
        Assert.Equal(jpeg, described.Jpeg.ToArray());
        Assert.Equal("1f6fa569-b783-42bd-94d8-ba36a6f12014", described.Prompt);
    }

    [Theory]
    [InlineData(new byte[] { 0, 0, 0, 4, 255, 255, 255, 255, 1, 2 })]
    [InlineData(new byte[] { 0, 0, 0, 1, 0, 0, 0, 2, 0x89, 0x50, 0x4E, 0x47 })]
    [InlineData(new byte[] { 0, 0, 0, 4, 0, 0, 0, 2, 0x7B, 0x7B, 0xFF, 0xD8, 0xFF })]
    [InlineData(new byte[] { 0, 0, 0 })]
    public void What_is_no_picture_is_passed_over(byte[] message) => Assert.Null(ComfyMessage.OfBytes(message));

    private static HistoryEntry History(JsonNode received) =>
        HistoryEntry.Of(JsonSerializer.SerializeToElement(received["history"]));

    private static JsonNode Read(string excerpt) =>
        JsonNode.Parse(
            File.ReadAllText(Path.Combine(AppContext.BaseDirectory, "Engines", "Comfy", "Excerpts", $"{excerpt}.json")))!;
}
