using System.CommandLine;
using System.IO.Enumeration;
using System.Net.Http.Headers;
using System.Runtime.InteropServices;
using Microsoft.Extensions.Logging;
using Rushes.Catalog;
using Rushes.Engines;
using Rushes.Server;
using Rushes.Server.Settings;
using Rushes.Server.Otlp;
using Rushes.Work;
using Rushes.Work.Remote;

namespace Rushes.Cli;

/// <summary><c>rushes worker</c>: runs jobs of a remote gateway until it is stopped; works behind firewalls.</summary>
internal static class WorkerCommand
{
    public static Command Create()
    {
        var server = new Option<string>("--server")
        {
            Description = "The gateway's address.",
            DefaultValueFactory = _ => Environment.GetEnvironmentVariable("RUSHES_URL") ?? "http://127.0.0.1:8080",
        };
        var key = new Option<string>("--key") { Description = "An API key with the scope worker. Default RUSHES_API_KEY." };
        var engine = new Option<string[]>("--engine")
        {
            Description =
                "The program that generates the videos: draft, comfyui=URL[,URL], process=FILE, sd-server=FILE or "
                    + "videos-api=FILE. "
                    + "Can be repeated; slots are assigned to the engines in turn.",
            DefaultValueFactory = _ => ["draft"],
        };
        var models = new Option<string>("--models")
        {
            Description = "Only run models with these ids, such as 'wan22-*'.", DefaultValueFactory = _ => "*",
        };
        var slots = new Option<int?>("--slots") { Description = "Number of jobs at once. Default: one per engine." };
        var gpu = new Option<string?>("--gpu") { Description = "The GPU to use, as numbered by nvidia-smi." };
        var name = new Option<string>("--name")
        {
            Description = "The worker's name.", DefaultValueFactory = _ => Environment.MachineName,
        };
        var workflows = new Option<string?>(
            "--comfy-workflows") { Description = "Folder with ComfyUI workflow files that extend or replace the built-in ones." };
        var restart = new Option<string?>("--comfy-restart")
        {
            Description = "A program with arguments that restarts a stuck ComfyUI server, such as "
                + "'systemctl restart comfyui@{port}'.",
        };
        var catalog = new Option<string?>("--catalog") { Description = "The gateway's own catalog file, if it has one." };
        var otlp = new Option<string?>("--otlp")
        {
            Description = "Address of an OpenTelemetry collector for traces. Default RUSHES_OTLP.",
            DefaultValueFactory = _ => Environment.GetEnvironmentVariable("RUSHES_OTLP"),
        };
        var logFormat = new Option<string>("--log-format")
        {
            Description = "Log format: text or json. Default RUSHES_LOG_FORMAT, then text.",
            DefaultValueFactory = _ => Environment.GetEnvironmentVariable("RUSHES_LOG_FORMAT") ?? "text",
        };
        logFormat.AcceptOnlyFromAmong("text", "json");
        var command = new Command("worker", "Run jobs of a remote gateway.")
            { server, key, engine, models, slots, gpu, name, workflows, restart, catalog, otlp, logFormat }.WithExamples(
            "RUSHES_API_KEY=rk_... rushes worker --server https://video.example.com --engine comfyui=http://127.0.0.1:8188",
            "rushes worker --models 'wan22-s2v-*' --name attic --slots 2");

        command.SetAction(async (parsed, cancel) =>
        {
            PrivateProcess.Protect();
            PrivateFiles.CreateFromNowOn();
            var options = new GatewayOptions
            {
                Engine = string.Join(';', parsed.GetValue(engine)!), ComfyWorkflows = parsed.GetValue(workflows),
                ComfyRestart = parsed.GetValue(restart),
                Workers = parsed.GetValue(slots) ?? 0,
                Otlp = parsed.GetValue(otlp), LogFormat = parsed.GetValue(logFormat)!,
            };
            await RunAsync(
                AddressOf(parsed.GetValue(server)!), KeyOf(parsed.GetValue(key)),
                options, parsed.GetValue(models)!, parsed.GetValue(gpu), parsed.GetValue(name)!,
                CatalogReader.Read(parsed.GetValue(catalog)), cancel);
            return 0;
        });
        return command;
    }

    /// <summary>Empty counts as missing, because Compose sets missing variables to an empty string.</summary>
    private static string KeyOf(string? given) =>
        (string.IsNullOrWhiteSpace(given) ? Environment.GetEnvironmentVariable("RUSHES_API_KEY") : given) is { } key
            && !string.IsNullOrWhiteSpace(key)
            ? key.Trim()
            : throw new SettingsException("A worker needs a key with the scope worker: --key, or RUSHES_API_KEY.");

    private static Uri AddressOf(string text) =>
        Uri.TryCreate(text.TrimEnd('/') + "/", UriKind.Absolute, out var url) && url.Scheme is "http" or "https"
            ? url
            : throw new SettingsException($"--server {text} is not an address such as https://video.example.com");

    private static async Task RunAsync(
        Uri server, string key, GatewayOptions options, string models, string? gpu, string name, ModelCatalog catalog,
        CancellationToken cancel)
    {
        if (!catalog.Models.Any(model => FileSystemName.MatchesSimpleExpression(models, model.Id)))
            throw new SettingsException(
                $"--models {models} names no model of the catalog; "
                    + "if it is one of the gateway's own, give its file as --catalog.");
        if (gpu is not null)
        {
            // By default CUDA numbers GPUs by speed.
            Environment.SetEnvironmentVariable("CUDA_DEVICE_ORDER", "PCI_BUS_ID");
            Environment.SetEnvironmentVariable("CUDA_VISIBLE_DEVICES", gpu);
        }
        using var logs = LoggerFactory.Create(logging => LogLines.Write(logging, options));
        // The gateway decides which jobs are traced.
        using var traces = options.Otlp is { } otlp
            ? OtlpExport.Start(otlp, 0, "rushes-worker", name, TimeProvider.System, logs.CreateLogger<OtlpExport>())
            : null;
        using var gateway = ClientOf(server, key, TimeSpan.FromSeconds(60));
        using var files = ClientOf(server, key, TimeSpan.FromMinutes(30));

        // After a signal no new jobs are claimed; the running job finishes or returns to the queue.
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(cancel);
        using var terminate = PosixSignalRegistration.Create(PosixSignal.SIGTERM, signal => Drain(signal, stop));
        using var interrupt = PosixSignalRegistration.Create(PosixSignal.SIGINT, signal => Drain(signal, stop));

        var version = ProgramVersion.Text;
        var source = new RemoteJobSource(gateway, files, version, TimeProvider.System, logs.CreateLogger<RemoteJobSource>());
        var card = await Gpu.FindAsync(gpu, cancel);
        using var folder = WorkerScratch.Open(new Folder(Path.GetTempPath()).Sub($"rushes-workers-{Environment.UserName}"));
        var scratch = folder.FullPath;
        await using var engines = EngineChoice.Make(
            options, catalog, scratch, TimeProvider.System, logs, gpu?.Split(',', StringSplitOptions.TrimEntries),
            new Folder(Path.GetTempPath()).Sub($"rushes-restarts-{Environment.UserName}").FullPath);
        foreach (var engine in engines) Check(engine);
        var slots = options.Workers > 0 ? options.Workers : engines.Count;
        await Task.WhenAll(
            Enumerable.Range(1, slots).Select(
                slot => WorkerOf(new ModelChoice(engines[(slot - 1) % engines.Count], models), slot).RunAsync(stop.Token)));

        // What an engine of fixed models does not make now, it never will.
        void Check(IEngine engine)
        {
            if (!engine.MayChange && !catalog.Models.Any(new ModelChoice(engine, models).Serves))
                throw new SettingsException($"The engine {engine.Name} makes no model that --models {models} names.");
        }

        Worker WorkerOf(ModelChoice engine, int slot)
        {
            Console.WriteLine($"Working for {server} as {name}/{slot}: {engine.Name}{(card is null ? "" : $" on {card.Name}")}");
            return new Worker(
                $"{name}/{slot}", source, engine, catalog, new Folder(scratch).File($"{slot}"), new WorkOptions(),
                TimeProvider.System, logs.CreateLogger<Worker>(), card);
        }
    }

    private static HttpClient ClientOf(Uri server, string key, TimeSpan timeout) => new()
    {
        BaseAddress = server, Timeout = timeout,
        DefaultRequestHeaders = { Authorization = new AuthenticationHeaderValue("Bearer", key) },
    };

    private static void Drain(PosixSignalContext signal, CancellationTokenSource stop)
    {
        signal.Cancel = true;
        stop.Cancel();
    }

    /// <summary>An engine that is limited to the models that match a pattern.</summary>
    private sealed class ModelChoice(IEngine engine, string pattern) : IEngine
    {
        public string Name => engine.Name;

        public bool Serves(Model model) => FileSystemName.MatchesSimpleExpression(pattern, model.Id) && engine.Serves(model);

        public bool MayChange => engine.MayChange;

        public IReadOnlyList<EngineHealth> Parts => engine.Parts;

        public EngineHealth PartOf(Model model) => engine.PartOf(model);

        public bool CanUpscale(Model model, Model upscaler) => Serves(upscaler) && engine.CanUpscale(model, upscaler);

        public Reservation? Reserve() => engine.Reserve();

        public Task RoomAsync(CancellationToken cancel) => engine.RoomAsync(cancel);

        public Task ChangedAsync(CancellationToken cancel) => engine.ChangedAsync(cancel);

        public LoadedModel? Loaded => engine.Loaded;

        public Gpu? Gpu => engine.Gpu;

        public IReadOnlyList<string> Wants => engine.Wants;

        public IReadOnlyList<string> Advice => engine.Advice;

        public FieldEffect EffectOf(string field, Model model) => engine.EffectOf(field, model);

        public RunLimits LimitsFor(Model model) => engine.LimitsFor(model);

        public IAsyncEnumerable<EngineEvent> RunAsync(EngineJob job, string scratch, CancellationToken cancel) =>
            engine.RunAsync(job, scratch, cancel);
    }
}
