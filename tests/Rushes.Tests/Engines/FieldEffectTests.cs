using System.Text;
using System.Text.Json.Nodes;
using Rushes.Catalog;
using Rushes.Draft;
using Rushes.Engines;
using Rushes.Engines.Comfy;
using Rushes.Engines.Process;
using Rushes.Engines.SdServer;
using Rushes.Engines.VideoServer;
using Rushes.Jobs;
using Rushes.Tests.Engines.Process;
using Rushes.Tests.Engines.VideoServer;
using Xunit;

namespace Rushes.Tests.Engines;

/// <summary>
/// Each field is given to each engine twice with different values. What the engine gets differs exactly where the engine says
/// that the field has an effect, and the documentation's table says the same.
/// </summary>
public sealed class FieldEffectTests : IDisposable
{
    /// <summary>With the LoRAs of an operator: the built-in catalog has none.</summary>
    private static readonly ModelCatalog Catalog = CatalogReader.Build([CatalogSource.BuiltIn(), WithLoras()]);

    private static CatalogSource WithLoras()
    {
        var families = CatalogReader.Read().Models.Where(model => model.Kind != ModelKind.Foley)
            .Select(model => (JsonNode)model.Family.Name).DistinctBy(name => (string)name!);
        JsonArray of = [.. families];
        JsonObject Lora(string name) => new()
        {
            ["families"] = of.DeepClone(), ["files"] = new JsonArray($"{name}_high.safetensors", $"{name}_low.safetensors"),
        };
        var file = new JsonObject { ["loras"] = new JsonObject { ["film"] = Lora("film"), ["ink"] = Lora("ink") } };
        return CatalogSource.Parse("loras.json", Encoding.UTF8.GetBytes(file.ToJsonString()));
    }

    /// <summary>Two values of each field; null stands for a request without it.</summary>
    private static readonly Dictionary<string, (JsonNode? One, JsonNode? Other)> Values = new()
    {
        ["prompt"] = ("a boat", "a train"),
        ["negative_prompt"] = ("rain", "snow"),
        ["seed"] = (1, 2),
        [EngineFields.MoreSteps] = (null, true),
        [EngineFields.Steps] = (12, 16),
        ["guidance_scale"] = (2.5, 4.5),
        ["guidance_scale_2"] = (2.5, 4.5),
        ["shift"] = (3, 7.5),
        ["acceleration"] = ("none", "regular"),
        ["enable_prompt_expansion"] = (false, true),
        [EngineFields.LastImage] = (null, "s3://files/last.png"),
        [EngineFields.Reference] = (null, "s3://files/reference.png"),
        [EngineFields.SecondReference] = (null, "s3://files/second.png"),
        ["reference_image_3_uri"] = (null, "s3://files/third.png"),
        ["reference_image_4_uri"] = (null, "s3://files/fourth.png"),
        ["reference_clip_uri"] = (null, "s3://files/clip.mp4"),
        ["reference_audio_uri"] = (null, "s3://files/sound.mp3"),
        ["second_audio_uri"] = (null, "s3://files/voice.mp3"),
        ["mask_clip_uri"] = (null, "s3://files/mask.mp4"),
        [EngineFields.Music] = (null, true),
        [Lora.NameField] = ("film", "ink"),
        [Lora.StrengthField] = (0.25, 0.75),
    };

    private static readonly string[] Optional = [EngineFields.LastImage, .. EngineFields.References];

    private readonly TempFolder folder = new();
    private readonly WorkflowSet workflows = WorkflowReader.Read();

    [Fact]
    public void Graphs_for_ComfyUI_differ_where_a_field_has_an_effect()
    {
        foreach (var model in Catalog.Models)
            foreach (var field in EngineFields.Of(model))
                Assert.Equal(
                    (model.Id, field, workflows.EffectOf(field, model)),
                    (model.Id, field, Compare(field, more => (Graph(model, field, 0, more), Graph(model, field, 1, more)))));
    }

    [Fact]
    public async Task Arguments_files_and_requests_of_the_shipped_programs_differ_where_a_field_has_an_effect()
    {
        foreach (var (file, recipe) in Recipes())
            foreach (var model in Catalog.Models.Where(model => recipe.Families.Contains(model.Family.Name)))
                foreach (var field in EngineFields.Of(model))
                {
                    var (one, other) = (await SentAsync(recipe, model, field, 0), await SentAsync(recipe, model, field, 1));
                    Assert.Equal(
                        (file, model.Id, field, EffectOf(recipe, field)),
                        (file, model.Id, field, one == other ? FieldEffect.None : FieldEffect.Full));
                }
    }

    [Fact]
    public async Task Requests_to_video_servers_differ_where_a_field_has_an_effect()
    {
        foreach (var (name, file, served) in Servers())
            foreach (var model in Catalog.Models.Where(model => served.Families.Contains(model.Family.Name)))
                foreach (var field in EngineFields.Of(model).Except(served.WithoutEffect))
                {
                    var one = await SentAsync(file, served, model, field, 0);
                    var other = await SentAsync(file, served, model, field, 1);
                    Assert.Equal(
                        (name, model.Id, field, served.EffectOf(field)),
                        (name, model.Id, field, one == other ? FieldEffect.None : FieldEffect.Full));
                }
    }

    [Theory]
    [InlineData("wan22-fast-t2v")]
    [InlineData("wan22-fast-i2v")]
    [InlineData("hunyuan-foley")]
    public async Task Drafts_differ_where_a_field_has_an_effect(string id)
    {
        var model = Catalog.Find(id)!;
        var files = new Dictionary<string, string>
        {
            ["data_uri"] = model.Kind == ModelKind.Foley
                ? await SampleMedia.ClipAsync(folder)
                : await SampleMedia.PictureAsync(folder),
        };
        var last = await SampleMedia.PictureAsync(folder, "last.png", colours: "smptebars");
        var engine = new DraftEngine();
        var plain = await DrawAsync([]);

        var without = EngineFields.Of(model).Where(field => engine.EffectOf(field, model) == FieldEffect.None).ToList();
        Assert.Equal(plain, await DrawAsync(without));
        foreach (var field in EngineFields.Of(model).Except(without)) Assert.NotEqual(plain, await DrawAsync([field]));

        async Task<string> DrawAsync(IReadOnlyList<string> fields)
        {
            using var scratch = new TempFolder();
            var input = new JsonObject { ["prompt"] = "a boat", ["seed"] = 1 };
            if (fields.Contains(Lora.StrengthField)) input[Lora.NameField] = "film";
            foreach (var field in fields) input[field] = Values[field].Other?.DeepClone();
            var given = fields.Contains(EngineFields.LastImage)
                ? new Dictionary<string, string>(files) { [EngineFields.LastImage] = last }
                : files;
            var size = new VideoFormat(160, 120, 16, 16);
            var job = new EngineJob(
                1, model, new RenderPlan(size, size, Preset: "ultrafast"), JobInput.Parse(input.ToJsonString()), given);
            await foreach (var happened in engine.RunAsync(job, scratch.Path, TestContext.Current.CancellationToken))
                if (happened is EngineEvent.Output output)
                    return await SampleMedia.StreamsOfAsync(output.Path);
            throw new InvalidOperationException("The draft engine made no video.");
        }
    }

    [Theory]
    [InlineData("\"many\"")]
    [InlineData("[1]")]
    [InlineData("1e300")]
    public async Task A_field_that_no_API_checked_cannot_break_a_program(string value)
    {
        var model = Catalog.Find("wan22-t2v-fp8")!;
        var input = JobInput.Parse($$"""{"prompt": "a", "seed": 1, "shift": {{value}}, "num_inference_steps": {{value}}}""");
        var graph = Filling.Fill(
            workflows.For(JobOf(model, input))!, JobOf(model, input), new Dictionary<string, string>(), "p");
        Assert.InRange(Number("shift_high", "shift"), 1, 100);
        Assert.InRange(Number("sample_high", "steps"), 2, 100);
        Assert.InRange(Number("sample_high", "end_at_step"), 1, 50);

        var recipe = Recipes().Single(known => known.File == "sd-cli" && known.Recipe.Name == "t2v").Recipe;
        var sent = await SentAsync(recipe, JobOf(model, input));
        Assert.Contains("--flow-shift 5.0", sent, StringComparison.Ordinal);
        Assert.Matches("--steps (20|100) ", sent);

        double Number(string node, string name) =>
            double.Parse(graph[node]!["inputs"]![name]!.ToJsonString(), System.Globalization.CultureInfo.InvariantCulture);
    }

    [Fact]
    public async Task The_documentation_has_the_table_of_effects()
    {
        var page = await File.ReadAllTextAsync(
            Path.Combine(Docs.Pages.Root, "docs", "operate", "fields.md"), TestContext.Current.CancellationToken);
        Assert.Contains(Table(), page, StringComparison.Ordinal);
    }

    public void Dispose() => folder.Dispose();

    private string Table()
    {
        var rows = new List<(string Engine, Model Model, Func<string, FieldEffect> Effect)>();
        var draft = new DraftEngine();
        var families = Catalog.Models.DistinctBy(model => model.Family.Name).ToList();
        foreach (var model in families) rows.Add(("draft", model, field => draft.EffectOf(field, model)));
        foreach (var model in families) rows.Add(("ComfyUI", model, field => workflows.EffectOf(field, model)));
        foreach (var (file, recipe) in Recipes())
            foreach (var model in families.Where(model => recipe.Families.Contains(model.Family.Name)))
                rows.Add((file, model, field => EffectOf(recipe, field)));
        foreach (var (name, _, served) in Servers())
            foreach (var model in families.Where(model => served.Families.Contains(model.Family.Name)))
                rows.Add((name, model, served.EffectOf));

        var fields = Values.Keys.ToList();
        var table = new StringBuilder($"| engine | models | {string.Join(" | ", fields.Select(field => $"`{field}`"))} |\n");
        table.Append("|---|---").Append(string.Concat(fields.Select(_ => "|---"))).Append("|\n");
        foreach (var same in rows.GroupBy(row => (
            row.Engine, Cells: string.Join(" | ", fields.Select(field => Cell(row.Model, field, row.Effect))))))
            table.Append(
                $"| {same.Key.Engine} | {string.Join(", ", same.Select(row => $"`{row.Model.Family.Name}`"))} "
                + $"| {same.Key.Cells} |\n");
        return table.ToString();
    }

    private static string Cell(Model model, string field, Func<string, FieldEffect> effect) =>
        !EngineFields.Of(model).Contains(field) ? "" : effect(field) switch
        {
            FieldEffect.Full => "yes",
            FieldEffect.WithMoreSteps => "with more steps",
            _ => "no",
        };

    private IEnumerable<(string File, ProgramRecipe Recipe)> Recipes() =>
        from file in ShippedFile.Names from recipe in ShippedFile.Read(file, folder).Programs select (file, recipe);

    private static IEnumerable<(string Name, VideoServerFile File, ServedModel Model)> Servers() =>
        from name in ShippedServers.Names
        let file = ShippedServers.Read(name)
        from model in file.Models
        select (name, file, model);

    /// <summary>The body of the create call, without the boundary of a form.</summary>
    private async Task<string> SentAsync(VideoServerFile file, ServedModel served, Model model, string field, int which)
    {
        var job = JobOf(model, field, which, more: false);
        using var body = await VideoServerRequest.MakeAsync(
            file, served, job, served.Drawing.Format(job.Plan.Render), job.Files, TestContext.Current.CancellationToken);
        var text = await body.ReadAsStringAsync(TestContext.Current.CancellationToken);
        var boundary = body.Headers.ContentType!.Parameters.FirstOrDefault(parameter => parameter.Name == "boundary")?.Value;
        return boundary is null ? text : text.Replace(boundary.Trim('"'), "", StringComparison.Ordinal);
    }

    private static bool IsServer(ProgramRecipe recipe) => recipe.Arguments.Any(argument => argument.Names.Contains("port"));

    private static string HelpOf(ProgramRecipe recipe) => string.Join(' ', recipe.IfSupported.Select(argument => argument.Flag));

    private static FieldEffect EffectOf(ProgramRecipe recipe, string field) =>
        recipe.EffectOf(field, IsServer(recipe) ? SdServerRequest.Sent : [], HelpOf(recipe));

    private static FieldEffect Compare(string field, Func<bool, (string One, string Other)> sent)
    {
        var (one, other) = sent(false);
        if (one != other) return FieldEffect.Full;
        if (field == EngineFields.MoreSteps) return FieldEffect.None;
        (one, other) = sent(true);
        return one == other ? FieldEffect.None : FieldEffect.WithMoreSteps;
    }

    private string Graph(Model model, string field, int which, bool more)
    {
        var job = JobOf(model, field, which, more);
        return Filling.Fill(workflows.For(job)!, job, job.Files, "p").ToJsonString();
    }

    private Task<string> SentAsync(ProgramRecipe recipe, Model model, string field, int which) =>
        SentAsync(recipe, JobOf(model, field, which, more: false));

    /// <summary>Everything that a program or server gets for a job.</summary>
    private async Task<string> SentAsync(ProgramRecipe recipe, EngineJob job)
    {
        var drawn = recipe.Drawing.Format(job.Plan.Render);
        if (IsServer(recipe))
            return Encoding.UTF8.GetString(
                await SdServerRequest.MakeAsync(recipe, job, drawn, job.Files, TestContext.Current.CancellationToken));
        var values = new JobValues(job, recipe.Drawing, drawn, job.Files, folder.Path, recipe.Output, gpu: null);
        var arguments = Argument.Fill(recipe.ArgumentsFor(HelpOf(recipe)), values.Find);
        var written = recipe.Writes.Select(file => file.Filled(values.Find).Content!.ToJsonString());
        return string.Join(' ', arguments.Concat(written));
    }

    private EngineJob JobOf(Model model, string field, int which, bool more)
    {
        var input = new JsonObject { ["prompt"] = "a", ["seed"] = 7 };
        if (more) input[EngineFields.MoreSteps] = true;
        if (field == Lora.StrengthField) input[Lora.NameField] = "film";
        var value = which == 0 ? Values[field].One : Values[field].Other;
        if (value is not null) input[field] = value.DeepClone();
        return JobOf(model, JobInput.Parse(input.ToJsonString()));
    }

    private EngineJob JobOf(Model model, JobInput input)
    {
        var size = new VideoFormat(832, 480, 81, 16);
        var files = new Dictionary<string, string>();
        foreach (var name in new[] { "data_uri", "audio_uri" }.Concat(Optional.Where(name => input.Text(name) is not null)))
        {
            File.WriteAllText(folder[name], name);
            files[name] = folder[name];
        }
        return new EngineJob(1, model, new RenderPlan(size, size), input, files);
    }
}
