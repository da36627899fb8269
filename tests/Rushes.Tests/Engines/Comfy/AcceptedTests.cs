using System.Text.Json.Nodes;
using Rushes.Catalog;
using Rushes.Engines.Comfy;
using Xunit;

namespace Rushes.Tests.Engines.Comfy;

/// <summary>
/// The shipped workflows beside prompts of their kinds that a real server took, and against all that its nodes let one
/// choose from.
/// </summary>
public sealed class AcceptedTests
{
    private static readonly WorkflowSet Shipped = WorkflowReader.Read();

    private static readonly JsonArray Prompts = Read("accepted")["prompts"]!.AsArray();

    public static TheoryData<string, int> Taken => new(Prompts.Select((prompt, number) => ((string)prompt!["like"]!, number)));

    [Theory]
    [MemberData(nameof(Taken))]
    public void A_workflow_differs_from_what_was_taken_only_where_a_job_s_values_go(string name, int prompt)
    {
        var workflow = Shipped.All.Single(workflow => workflow.Name == name);
        var theirs = Prompts[prompt]!["graph"]!.AsObject();
        var chunks = theirs.Count(node => ((string)node.Value!["class_type"]!).StartsWith("WanSound", StringComparison.Ordinal));
        var job = ComfyBench.Job();
        job = job with { Plan = job.Plan with { Render = job.Plan.Render with { Frames = Math.Max(1, chunks * 80 - 2) } } };
        var ours = Filling.Fill(workflow, job, new Dictionary<string, string>(), "p");
        var seen = new HashSet<string>();

        Assert.Equal("""200 {}""", $"{Prompts[prompt]!["status"]} {Prompts[prompt]!["answer"]!["node_errors"]!.ToJsonString()}");
        // That server laid the sound under the clip itself; here the gateway does, so the end is SaveAudio. The rest is the same.
        AssertSame(name == "hunyuan-foley" ? "foley" : workflow.Output, name == "hunyuan-foley" ? "foley" : "save");

        void AssertSame(string our, string their)
        {
            if (!seen.Add(our)) return;
            // That server was given clips without the node that cuts them, which it accepted in speech to video.
            if (our == "trim" && (string?)theirs[their]!["class_type"] != "ImageFromBatch")
                our = (string)ours[our]!["inputs"]!["image"]![0]!;
            var (mine, taken) = (ours[our]!, theirs[their]!);
            Assert.Equal((string?)taken["class_type"], (string?)mine["class_type"]);
            Assert.Equal(
                taken["inputs"]!.AsObject().Select(input => input.Key).Order(),
                mine["inputs"]!.AsObject().Select(input => input.Key).Order());
            foreach (var (input, value) in mine["inputs"]!.AsObject())
            {
                var other = taken["inputs"]![input]!;
                if (value is JsonArray link)
                {
                    Assert.Equal((int)other[1]!, (int)link[1]!);
                    AssertSame((string)link[0]!, (string)other[0]!);
                }
                else if (!workflow.Fills.Any(fill => fill.Input == input && IsIn(fill.Node, our))
                && (our, input) != ("negative", "text"))
                {
                    Assert.True(JsonNode.DeepEquals(other, value), $"{our}.{input}: {value} here, {other} there");
                }
            }
        }
    }

    [Fact]
    public async Task A_server_with_every_file_lacks_nothing_that_it_was_asked_about()
    {
        await using var bench = await ComfyBench.StartAsync(prepare: stub => stub.Described = Read("choices").AsObject());

        var recorded = Shipped.All.Where(workflow => workflow.Tried is null).ToList();
        var lacks = bench.Engine.Lacks!.Where(each => recorded.Exists(workflow => workflow.Name == each.Key));
        Assert.All(lacks, workflow => Assert.Equal(
            // It was not asked about SaveAudio, a node of ComfyUI's own that takes a sound and a prefix.
            workflow.Key.StartsWith("hunyuan-foley", StringComparison.Ordinal) ? ["node SaveAudio is not installed"] : [],
            workflow.Value));
        var families = recorded.SelectMany(workflow => workflow.Serves).ToHashSet();
        Assert.All(
            CatalogReader.Read().Models.Where(model => families.Contains(model.Family.Name)),
            model => Assert.Equal(model.Kind != ModelKind.Foley, bench.Engine.Serves(model)));
    }

    /// <summary>Whether a node is the one that a value goes to, or a repetition of it.</summary>
    private static bool IsIn(string target, string node) =>
        target == node || (target.EndsWith('#') && node.StartsWith(target[..^1], StringComparison.Ordinal));

    private static JsonNode Read(string excerpt) =>
        JsonNode.Parse(
            File.ReadAllText(Path.Combine(AppContext.BaseDirectory, "Engines", "Comfy", "Excerpts", $"{excerpt}.json")))!;
}
