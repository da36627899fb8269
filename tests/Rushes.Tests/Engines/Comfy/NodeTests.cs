using System.Text.Json;
using System.Text.Json.Nodes;
using Rushes.Engines.Comfy;
using Xunit;

namespace Rushes.Tests.Engines.Comfy;

/// <summary>
/// The shipped workflows held against what a real server said of its nodes: every class, input, link and number. Of
/// <c>SaveAudio</c>, which it was not asked about, ComfyUI's own source says it.
/// </summary>
public sealed class NodeTests
{
    /// <summary>What newer servers read in place of <c>codec</c>; older ones pass it over.</summary>
    private const string NewerName = "format.codec";

    private static readonly JsonObject Known =
        JsonNode.Parse(
            File.ReadAllText(Path.Combine(AppContext.BaseDirectory, "Engines", "Comfy", "Excerpts", "nodes.json")))!.AsObject();

    /// <summary>Those whose nodes that server was asked about.</summary>
    public static TheoryData<string> Recorded =>
        [.. All.Where(workflow => workflow.Tried is null).Select(workflow => workflow.Name)];

    /// <summary>Those that say that they were not run on a real server.</summary>
    public static TheoryData<string> Unrecorded =>
        [.. All.Where(workflow => workflow.Tried is not null).Select(workflow => workflow.Name)];

    private static IReadOnlyList<Workflow> All => WorkflowReader.Read().All;

    [Theory]
    [MemberData(nameof(Recorded))]
    public void Every_node_and_input_is_one_that_a_real_server_has(string name)
    {
        foreach (var (id, type, inputs) in NodesOf(name))
        {
            Assert.True(Known.ContainsKey(type), $"{id}: {type}");
            var takes = Known[type]!["in"]!.AsObject();
            foreach (var (input, value) in inputs)
            {
                if (input == NewerName) continue;
                Assert.True(takes.ContainsKey(input), $"{id}: {type} has no {input}");
                if (value?.GetValueKind() == JsonValueKind.Number && takes[input] is JsonArray { Count: 3 } range)
                    Assert.InRange((double)value, (double)range[1]!, (double)range[2]!);
            }
            Assert.All(
                takes.Where(input => !TypeOf(input.Value).EndsWith('?')),
                input => Assert.True(inputs.ContainsKey(input.Key), $"{id}: {type} lacks {input.Key}"));
        }
    }

    [Theory]
    [MemberData(nameof(Recorded))]
    public void Every_link_gives_what_its_input_takes(string name)
    {
        var nodes = NodesOf(name).ToDictionary(node => node.Id);
        foreach (var (id, type, inputs) in nodes.Values)
            foreach (var (input, value) in inputs)
                if (value is JsonArray { Count: 2 } link && (string)link[0]! is var from && !from.StartsWith('@'))
                    Assert.Equal(
                        TypeOf(Known[type]!["in"]![input]).TrimEnd('?'),
                        (string)Known[nodes[from].Type]!["out"]![(int)link[1]!]!);
    }

    [Theory]
    [MemberData(nameof(Recorded))]
    public void Every_value_of_a_job_goes_to_an_input_that_is_there(string name)
    {
        var nodes = NodesOf(name).ToDictionary(node => node.Id);
        foreach (var fill in All.Single(workflow => workflow.Name == name).Fills)
            Assert.True(
                Known[nodes[fill.Node].Type]!["in"]!.AsObject().ContainsKey(fill.Input),
                $"{fill.Value}: {fill.Node}.{fill.Input}");
    }

    [Theory]
    [MemberData(nameof(Unrecorded))]
    public void A_workflow_that_was_not_run_has_no_loose_ends(string name)
    {
        var nodes = NodesOf(name).ToDictionary(node => node.Id);
        foreach (var fill in All.Single(workflow => workflow.Name == name).Fills)
            Assert.True(nodes[fill.Node].Inputs.ContainsKey(fill.Input), $"{fill.Value}: {fill.Node}.{fill.Input}");
        foreach (var (id, _, inputs) in nodes.Values)
            foreach (var (input, value) in inputs)
                if (value is JsonArray { Count: 2 } link && (string)link[0]! is var from && !from.StartsWith('@'))
                    Assert.True(nodes.ContainsKey(from), $"{id}.{input}: {from}");
    }

    private static IEnumerable<(string Id, string Type, JsonObject Inputs)> NodesOf(string name)
    {
        var workflow = All.Single(workflow => workflow.Name == name);
        foreach (var (id, node) in workflow.Graph.Concat(workflow.Repeat?.Nodes ?? []))
            yield return (id, (string)node!["class_type"]!, node["inputs"]!.AsObject());
    }

    private static string TypeOf(JsonNode? described) => described is JsonArray ranged ? (string)ranged[0]! : (string)described!;
}
