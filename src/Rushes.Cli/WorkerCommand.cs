using System.CommandLine;
using System.IO.Enumeration;
using System.Net.Http.Headers;
using System.Reflection;
using System.Runtime.InteropServices;
using Microsoft.Extensions.Logging;
using Rushes.Catalog;
using Rushes.Engines;
using Rushes.Server;
using Rushes.Server.Settings;
using Rushes.Work;
using Rushes.Work.Remote;

namespace Rushes.Cli;

/// <summary><c>rushes worker</c>: takes jobs from a gateway elsewhere, from behind any firewall, until it is told to stop.</summary>
internal static class WorkerCommand
{
    public static Command Create()
    {
        var server = new Option<string>("--server") { Description = "The gateway's address.", DefaultValueFactory = _ => Environment.GetEnvironmentVariable("RUSHES_URL") ?? "http://127.0.0.1:8080" };
        var key = new Option<string>("--key") { Description = "A key with the scope worker; RUSHES_API_KEY if not given." };
        var engine = new Option<string>("--engine") { Description = "What makes the videos: draft, comfyui=URL[,URL], process=FILE or sd-server=FILE.", DefaultValueFactory = _ => "draft" };
        var models = new Option<string>("--models") { Description = "Model ids to take, such as 'wan22-*'.", DefaultValueFactory = _ => "*" };
        var slots = new Option<int>("--slots") { Description = "Jobs at once.", DefaultValueFactory = _ => 1 };
        var gpu = new Option<string?>("--gpu") { Description = "Which GPU to use, as CUDA numbers them." };
        var name = new Option<string>("--name") { Description = "What the gateway calls it.", DefaultValueFactory = _ => Environment.MachineName };
        var catalog = new Option<string?>("--catalog") { Description = "The gateway's own catalog file, if it has one." };
        var command = new Command("worker", "Work for a gateway elsewhere.") { server, key, engine, models, slots, gpu, name, catalog };

        command.SetAction(async (parsed, cancel) =>
        {
            if (parsed.GetValue(gpu) is { } number) Environment.SetEnvironmentVariable("CUDA_VISIBLE_DEVICES", number);
            await RunAsync(
                AddressOf(parsed.GetValue(server)!), parsed.GetValue(key) ?? Environment.GetEnvironmentVariable("RUSHES_API_KEY")
                    ?? throw new SettingsException("A worker needs --key, or RUSHES_API_KEY."),
                new GatewayOptions { Engine = parsed.GetValue(engine)! }, parsed.GetValue(models)!, parsed.GetValue(slots), parsed.GetValue(name)!,
                CatalogReader.Read(parsed.GetValue(catalog)), cancel);
            return 0;
        });
        return command;
    }

    private static Uri AddressOf(string text) =>
        Uri.TryCreate(text.TrimEnd('/') + "/", UriKind.Absolute, out var url) && url.Scheme is "http" or "https"
            ? url
            : throw new SettingsException($"--server {text} is not an address such as https://video.example.com");

    private static async Task RunAsync(
        Uri server, string key, GatewayOptions options, string models, int slots, string name, ModelCatalog catalog, CancellationToken cancel)
    {
        using var logs = LoggerFactory.Create(logging => logging.AddSimpleConsole(line => (line.SingleLine, line.TimestampFormat) = (true, "HH:mm:ss ")));
        using var gateway = new HttpClient { BaseAddress = server, Timeout = TimeSpan.FromSeconds(60) };
        gateway.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", key);
        using var files = new HttpClient { Timeout = TimeSpan.FromMinutes(30) };

        // Signals end the intake of work; what runs is finished, or handed back in time.
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(cancel);
        using var terminate = PosixSignalRegistration.Create(PosixSignal.SIGTERM, signal => Drain(signal, stop));
        using var interrupt = PosixSignalRegistration.Create(PosixSignal.SIGINT, signal => Drain(signal, stop));

        var version = Assembly.GetExecutingAssembly().GetName().Version!.ToString(3);
        var scratch = Directory.CreateTempSubdirectory("rushes-worker-").FullName;
        var engines = EngineChoice.Make(options, catalog, scratch, TimeProvider.System, logs);
        try
        {
            await Task.WhenAll(Enumerable.Range(1, slots).Select(slot => ServeAsync(new ModelChoice(engines[(slot - 1) % engines.Count], models), slot)));
        }
        finally
        {
            foreach (var engine in engines)
            {
                if (engine is IAsyncDisposable resident) await resident.DisposeAsync();
                else (engine as IDisposable)?.Dispose();
            }
            Directory.Delete(scratch, recursive: true);
        }

        async Task ServeAsync(ModelChoice engine, int slot)
        {
            await engine.ReadyAsync(stop.Token);
            var offer = ClaimOffer.Of($"{name}/{slot}", catalog, engine.Serves);
            if (offer.Models.Count == 0) throw new SettingsException($"The engine {engine.Name} makes no model that --models {models} names.");
            var source = new RemoteJobSource(
                gateway, files, new WorkerCard(offer.Worker, version, engine.Name, offer.Models), TimeProvider.System, logs.CreateLogger<RemoteJobSource>());
            Console.WriteLine($"Working for {server} as {offer.Worker}: {engine.Name}, {offer.Models.Count} models");
            await new Worker(
                offer.Worker, source, engine, catalog, Path.Combine(scratch, $"{slot}"), new WorkOptions(), TimeProvider.System, logs.CreateLogger<Worker>()).RunAsync(stop.Token);
        }
    }

    private static void Drain(PosixSignalContext signal, CancellationTokenSource stop)
    {
        signal.Cancel = true;
        stop.Cancel();
    }

    /// <summary>An engine kept to the models that a pattern names.</summary>
    private sealed class ModelChoice(IEngine engine, string pattern) : IEngine
    {
        public string Name => engine.Name;

        public bool Serves(Model model) => FileSystemName.MatchesSimpleExpression(pattern, model.Id) && engine.Serves(model);

        public Task ReadyAsync(CancellationToken cancel) => engine.ReadyAsync(cancel);

        public RunLimits LimitsFor(Model model) => engine.LimitsFor(model);

        public IAsyncEnumerable<EngineEvent> RunAsync(EngineJob job, string scratch, CancellationToken cancel) => engine.RunAsync(job, scratch, cancel);
    }
}
