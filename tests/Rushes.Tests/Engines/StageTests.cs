using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using Rushes.Engines;
using Rushes.Engines.Comfy;
using Rushes.Engines.Process;
using Xunit;

namespace Rushes.Tests.Engines;

/// <summary>What an engine is at, by its own names: a trace shows it.</summary>
public sealed class StageTests
{
    [Fact]
    public async Task A_program_is_at_its_first_stage_until_a_line_ends_it()
    {
        var signs = new OutputSigns(new StageCounter([Stage("prompt"), Stage("steps"), Stage("decode")], steps: 1));
        await using var update = signs.ReadAllAsync(TestContext.Current.CancellationToken).GetAsyncEnumerator(
            TestContext.Current.CancellationToken);
        Assert.Equal(new EngineEvent.Stage("prompt"), await NextAsync());
        signs.Read("prompt done");
        Assert.Equal((new EngineEvent.Stage("steps"), new EngineEvent.Tasks(1, 3)), (await NextAsync(), await NextAsync()));
        signs.Read("decode done");
        // Nothing comes after the last.
        Assert.Equal(new EngineEvent.Tasks(3, 3), await NextAsync());
        signs.End();
        Assert.Null(await NextAsync());

        async Task<EngineEvent?> NextAsync() => await update.MoveNextAsync() ? update.Current : null;
    }

    [Fact]
    public void A_ComfyUI_server_is_at_the_newest_of_its_nodes_that_goes_on()
    {
        var stages = new NodeStages(
            JsonNode.Parse("""{"1":{"class_type":"UNETLoader"},"2":{"class_type":"KSampler"}}""")!.AsObject());
        Assert.Equal("UNETLoader", stages.Take(State(new NodeState("1", 0, 1, Finished: false))));
        Assert.Equal(
            "KSampler", stages.Take(State(new NodeState("1", 1, 1, Finished: true), new NodeState("2", 0, 20, Finished: false))));
        Assert.Null(stages.Take(State(new NodeState("1", 1, 1, Finished: true), new NodeState("2", 7, 20, Finished: false))));
        Assert.Null(stages.Take(new ComfyMessage.Step("id", "2", 8, 20)));
        Assert.Null(stages.Take(State(new NodeState("1", 1, 1, Finished: true), new NodeState("9", 0, 1, Finished: false))));
    }

    private static Stage Stage(string name) => new(name, Tasks: 1, Bars: 1, Progress: null, Ends: new Regex($"{name} done"));

    private static ComfyMessage.State State(params NodeState[] nodes) => new("id", nodes);
}
