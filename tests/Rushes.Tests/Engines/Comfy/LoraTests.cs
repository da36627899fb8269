using System.Net.Http.Json;
using System.Text.Json;
using System.Text.Json.Nodes;
using Microsoft.Extensions.Logging.Abstractions;
using Rushes.Catalog;
using Rushes.Database.Sqlite;
using Rushes.Draft;
using Rushes.Engines;
using Rushes.Engines.Comfy;
using Rushes.Files.Local;
using Rushes.Jobs;
using Rushes.Server.Settings;
using Rushes.Tests.Conformance;
using Rushes.Work;
using Xunit;

namespace Rushes.Tests.Engines.Comfy;

/// <summary>LoRAs that the operator offers and a request names.</summary>
public sealed class LoraTests
{
    private const string Loras = """
        { "loras": { "film": {
            "families": ["wan22-fast-t2v", "wan22-t2v-fp8"], "files": ["film_high.safetensors", "film_low.safetensors"],
            "minStrength": 0.2, "maxStrength": 1.5, "priceFactor": 1.5 },
          "ink": { "families": ["wan22-fast-t2v"], "files": ["ink.safetensors"], "maxStrength": 0.8 } } }
        """;

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    private static ModelCatalog Catalog =>
        CatalogReader.Build(
            [CatalogSource.BuiltIn(), CatalogSource.Parse("mine.json", System.Text.Encoding.UTF8.GetBytes(Loras))]);

    [Fact]
    public async Task A_job_with_a_LoRA_reaches_the_server_with_its_files_and_its_strength()
    {
        await using var stub = await ComfyStub.StartAsync(Cancel);
        using var data = new TempFolder();
        await File.WriteAllTextAsync(data["catalog.json"], Loras, Cancel);
        await using var gateway = await TestGateway.StartAsync(
            1, Cancel, data: data.Path, options: new GatewayOptions { Engine = $"comfyui={stub.Url}" });

        using var created = await gateway.Http.PostAsJsonAsync(
            "/queue/wan22-fast-t2v",
            new { prompt = "a boat", duration = 1, width = 512, height = 512, lora = "film", lora_strength = 0.4 }, Cancel);
        created.EnsureSuccessStatusCode();
        var request = await created.Content.ReadFromJsonAsync<JsonElement>(Cancel);
        var ended = await Eventually.EndedAsync(
            gateway.Http, request.GetProperty("request_id").GetString()!, Cancel, "wan22-fast-t2v");

        Assert.Equal("COMPLETED", ended.GetProperty("status").GetString());
        var graph = stub.Prompts.Last().Graph;
        AssertLora(graph, "unet_high", "film_high.safetensors", 0.4, usedBy: "lora_high");
        AssertLora(graph, "unet_low", "film_low.safetensors", 0.4, usedBy: "lora_low");
        // The worker offers it with its next claim.
        await Eventually.TrueAsync(async () =>
            (await gateway.Http.GetFromJsonAsync<JsonElement>("/admin/workers", Cancel)).GetProperty("workers").EnumerateArray()
                .Any(worker => worker.TryGetProperty("loaded_lora", out var lora) && lora.GetString() == "film"), Cancel);
    }

    [Fact]
    public void Without_a_strength_the_LoRA_has_its_own_and_one_file_serves_all_parts()
    {
        var job = ComfyBench.Job(catalog: Catalog, input: new { prompt = "a", lora = "ink" });
        var graph = Filling.Fill(WorkflowReader.Read().For(job)!, job, new Dictionary<string, string>(), "p");

        AssertLora(graph, "unet_high", "ink.safetensors", 0.8, usedBy: "lora_high");
        AssertLora(graph, "unet_low", "ink.safetensors", 0.8, usedBy: "lora_low");
    }

    [Theory]
    [InlineData("""{ "lora": "watercolour" }""", "lora is \"watercolour\"; send one of film, ink")]
    [InlineData("""{ "lora": "ink", "lora_strength": 1.2 }""", "lora_strength is 1.2; ink allows 0 to 0.8")]
    [InlineData("""{ "lora": "film", "lora_strength": 9 }""", "lora_strength is 9; send a number from 0 to 1.5")]
    [InlineData("""{ "lora_strength": 0.5 }""", "lora_strength needs lora")]
    public async Task A_LoRA_outside_the_operators_list_or_its_range_is_rejected(string fields, string message)
    {
        using var data = new TempFolder();
        await File.WriteAllTextAsync(data["catalog.json"], Loras, Cancel);
        await using var gateway = await TestGateway.StartAsync(0, Cancel, data: data.Path);
        var body = JsonNode.Parse(fields)!.AsObject();
        body["prompt"] = "a";

        using var rejected = await gateway.Http.PostAsJsonAsync("/queue/wan22-fast-t2v", body, Cancel);

        Assert.Equal(System.Net.HttpStatusCode.BadRequest, rejected.StatusCode);
        var text = (await rejected.Content.ReadFromJsonAsync<JsonElement>(Cancel)).ToString();
        Assert.Contains(JsonEncodedText.Encode(message).ToString().Replace("\\u0022", "\\\"", StringComparison.Ordinal),
            text.Replace("\\u0022", "\\\"", StringComparison.Ordinal), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_LoRA_raises_the_price_by_its_factor()
    {
        using var data = new TempFolder();
        await File.WriteAllTextAsync(data["catalog.json"], Loras, Cancel);
        await using var gateway = await TestGateway.StartAsync(0, Cancel, data: data.Path);

        Assert.Equal(0.25m, await PriceAsync(new { prompt = "a" }));
        Assert.Equal(0.25m, await PriceAsync(new { prompt = "a", lora = "ink" }));
        Assert.Equal(0.375m, await PriceAsync(new { prompt = "a", lora = "film" }));

        async Task<decimal> PriceAsync(object input)
        {
            using var answer = await gateway.Http.PostAsJsonAsync("/queue/wan22-fast-t2v?dry_run=true", input, Cancel);
            return (await answer.Content.ReadFromJsonAsync<JsonElement>(Cancel)).GetProperty("price").GetProperty("amount")
                .GetDecimal();
        }
    }

    [Fact]
    public async Task A_file_that_the_server_lacks_is_named()
    {
        await using var bench = await ComfyBench.StartAsync(catalog: Catalog);

        Assert.Contains(
            "model file models/loras/film_high.safetensors is missing (node LoraLoaderModelOnly); "
                + "jobs with the LoRA film fail there",
            bench.Engine.Wants);
        Assert.True(bench.Engine.Serves(Catalog.Find("wan22-fast-t2v")!));
    }

    [Fact]
    public async Task An_engine_without_LoRAs_does_not_run_such_a_job()
    {
        using var temp = new TempFolder();
        await using var database = await SqliteDatabase.OpenAsync(temp["rushes.db"], new RetryPolicy(), TimeProvider.System);
        var files = new LocalFileStore(temp["files"], "bucket", new byte[32], TimeProvider.System);
        var source = new LocalJobSource(
            database.Jobs, database.Leases, database.Lists, new Doorbell(), files, new WorkOptions(), TimeProvider.System);
        var account = await database.Accounts.EnsureAccountAsync("alice", Cancel);
        await database.Jobs.SubmitAsync(
            DatabaseConformance.NewJob(account, "t2v", TimeProvider.System.GetUtcNow()) with
            {
                Model = "wan22-fast-t2v", Input = """{"prompt":"a","seed":1,"lora":"film"}""",
            },
            Cancel);
        var lease = await source.ClaimAsync(new ClaimOffer("node/1", ["t2v"], []) { EveryModel = true }, Cancel);

        var made = await new JobRun(source, new WithoutLoras(), Catalog, TimeProvider.System, NullLogger.Instance)
            .MakeAsync(lease, temp["scratch/run"], _ => { }, Cancel);

        var nothing = Assert.IsType<RunResult.NoVideo>(made);
        Assert.Equal(("The engine without cannot use the LoRA film.", Blame.Engine, true),
            (nothing.Error.Message, nothing.Blame, nothing.NeverStarted));
    }

    private static void AssertLora(JsonObject graph, string part, string file, double strength, string usedBy)
    {
        var inputs = graph[$"lora_of_{part}"]!["inputs"]!;
        Assert.Equal(
            (part, file, strength),
            ((string?)inputs["model"]![0], (string?)inputs["lora_name"], (double?)inputs["strength_model"]));
        Assert.Equal($"lora_of_{part}", (string?)graph[usedBy]!["inputs"]!["model"]![0]);
    }

    /// <summary>An engine that ignores LoRAs, as local programs do.</summary>
    private sealed class WithoutLoras : IEngine
    {
        private readonly DraftEngine draft = new();

        public string Name => "without";

        public bool Serves(Model model) => true;

        public IReadOnlyList<EngineHealth> Parts => draft.Parts;

        public EngineHealth PartOf(Model model) => draft.PartOf(model);

        public FieldEffect EffectOf(string field, Model model) => FieldEffect.None;

        public IAsyncEnumerable<EngineEvent> RunAsync(EngineJob job, string scratch, CancellationToken cancel) =>
            throw new InvalidOperationException("It must not run.");
    }
}
