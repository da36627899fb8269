using System.Runtime.CompilerServices;
using System.Threading.Channels;
using Microsoft.Extensions.Logging;
using Rushes.Catalog;
using Rushes.Jobs;

namespace Rushes.Engines.Comfy;

/// <summary>
/// Makes videos with one ComfyUI server and workflow files. It keeps nothing on the server except the prompts that run.
/// Several slots can share it; the server runs one prompt at a time.
/// </summary>
public sealed class ComfyEngine : IEngine, IAsyncDisposable
{
    private static readonly TimeSpan Leeway = TimeSpan.FromMinutes(5);

    private readonly ComfyOptions options;
    private readonly WorkflowSet workflows;
    private readonly ModelCatalog catalog;
    private readonly TimeProvider clock;
    private readonly ILogger<ComfyEngine> log;
    private readonly HttpClient http;
    private readonly ComfyClient client;
    private readonly ComfySockets sockets;
    private readonly ServerProgress progress;
    private readonly EngineHealth health;
    private readonly ServerWords words;
    private readonly ServerRestart restart;
    private readonly ComfyRun run;
    private readonly SemaphoreSlim looking = new(1);
    private volatile IReadOnlyDictionary<string, IReadOnlyList<string>>? lacks;
    private volatile IReadOnlyList<string> loraLacks = [];
    private volatile Spellings spellings = new();
    private volatile LoadedModel? loaded;
    private volatile ServerFacts facts = new(null, null, []);
    private long watched;
    private long looked;

    public ComfyEngine(
        ComfyOptions options, WorkflowSet workflows, ModelCatalog catalog, TimeProvider clock, ILogger<ComfyEngine> log)
    {
        var server = options.Server.AbsoluteUri;
        this.options = options = options with { Server = new Uri(server.EndsWith('/') ? server : server + "/") };
        (this.workflows, this.catalog, this.clock, this.log) = (workflows, catalog, clock, log);
        // The operator chose the server, so there is no proxy and no check of its address; nothing of a client's request is
        // sent with it.
        http = new HttpClient(
            new SocketsHttpHandler { UseProxy = false, AllowAutoRedirect = false })
        {
            BaseAddress = options.Server, Timeout = Timeout.InfiniteTimeSpan,
        };
        client = new ComfyClient(http, options, clock);
        sockets = new ComfySockets(options, http, clock);
        progress = new ServerProgress(clock);
        health = new EngineHealth($"the ComfyUI server {options.Server}", clock, CheckAsync, options.Health, log);
        words = new ServerWords(health.Name);
        restart = new ServerRestart(options, clock, log);
        Parts = [health];
        var prompting = new Prompting(client, sockets, progress, health, options, clock, log);
        run = new ComfyRun(client, prompting, options, health, clock, log);
    }

    public string Name => "comfyui";

    /// <summary>The model of the last prompt; with several slots the server may still be working on it.</summary>
    public LoadedModel? Loaded => loaded;

    public Gpu? Gpu => facts.Gpu;

    /// <summary>The files and nodes that the server lacks, with the models that need them.</summary>
    public IReadOnlyList<string> Wants =>
        [.. Wanted(lacks ?? new Dictionary<string, IReadOnlyList<string>>()), .. loraLacks];

    public IReadOnlyList<string> Advice => [.. facts.Advice.Select(advice => $"{options.Server}: {advice}")];

    public bool MayChange => true;

    public IReadOnlyList<EngineHealth> Parts { get; }

    public EngineHealth PartOf(Model model) => health;

    public FieldEffect EffectOf(string field, Model model) => workflows.EffectOf(field, model);

    /// <summary>What the server lacks, by workflow; null until it was first asked.</summary>
    public IReadOnlyDictionary<string, IReadOnlyList<string>>? Lacks => lacks;

    /// <summary>
    /// True if the server can run every workflow that jobs of the model may need. False for all models until it was first
    /// asked.
    /// </summary>
    public bool Serves(Model model) => lacks is { } known && workflows.For(model).ToList() is { Count: > 0 } needed
        && needed.TrueForAll(workflow => known[workflow.Name].Count == 0);

    /// <summary>A server without progress is noticed here, which must be before the limits of the run.</summary>
    public RunLimits LimitsFor(Model model) => new() { Start = options.Stall + Leeway, Idle = options.Stall + Leeway };

    /// <summary>
    /// Completes when the server becomes unavailable, or can run other workflows. The server is asked once for any number of
    /// waiting slots.
    /// </summary>
    public async Task ChangedAsync(CancellationToken cancel)
    {
        var known = lacks;
        while (lacks == known)
        {
            await Task.Delay(options.Watch, clock, cancel);
            await looking.WaitAsync(cancel);
            try
            {
                // While it takes no jobs, its health is checked anyway.
                if (!health.State.TakesJobs || known is null || clock.GetElapsedTime(watched) < options.Watch) continue;
                watched = clock.GetTimestamp();
                if (progress.IsBusyWithOthers(await client.QueueAsync(cancel))) health.Occupy(words.BusyWithOthers);
                else health.Release();
                var none = known.Values.All(lack => lack.Count > 0);
                if (none || clock.GetElapsedTime(looked) >= options.Relook) await LookAsync(cancel);
            }
            catch (Exception error) when (ComfyClient.IsAway(error, cancel))
            {
                health.Lose(words.Silent(error));
            }
            finally
            {
                looking.Release();
            }
        }
    }

    public async IAsyncEnumerable<EngineEvent> RunAsync(
        EngineJob job, string scratch, [EnumeratorCancellation] CancellationToken cancel)
    {
        if (!Serves(job.Model) || workflows.For(job) is not { } workflow)
        {
            yield return new EngineEvent.Failed(
                new JobError(
                    "engine_failed",
                    $"The ComfyUI server here cannot make {job.Model.Id}; its operator's log says what is missing."),
                Blame.Engine);
            yield break;
        }

        // Stops the prompt even if the caller stops reading without cancelling. Events that are not read are dropped, the
        // oldest first.
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(cancel);
        var news = Channel.CreateBounded<EngineEvent>(
            new BoundedChannelOptions(64) { FullMode = BoundedChannelFullMode.DropOldest });
        var making = MakeAsync(job, workflow, scratch, news.Writer, stop.Token);
        try
        {
            await foreach (var update in news.Reader.ReadAllAsync(CancellationToken.None)) yield return update;
        }
        finally
        {
            if (!making.IsCompleted) await stop.CancelAsync();
            await ((Task)making).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
        cancel.ThrowIfCancellationRequested();
        yield return await making;
    }

    public async ValueTask DisposeAsync()
    {
        await sockets.DisposeAsync();
        http.Dispose();
        looking.Dispose();
    }

    private async Task<EngineEvent> MakeAsync(
        EngineJob job, Workflow workflow, string scratch, ChannelWriter<EngineEvent> news, CancellationToken cancel)
    {
        try
        {
            loaded = new LoadedModel(job.Model, job.Lora);
            var ended = await run.MakeAsync(job, workflow, spellings, scratch, update => news.TryWrite(update), cancel);
            // The failure may have unloaded it.
            if (ended is EngineEvent.Failed) loaded = null;
            return ended;
        }
        finally
        {
            news.Complete();
        }
    }

    /// <summary>After a failure, a probe without a model must also succeed.</summary>
    private async Task<Checkup> CheckAsync(CancellationToken cancel)
    {
        loaded = null;
        try
        {
            var proves = false;
            if (lacks is not null)
            {
                var queue = await client.QueueAsync(cancel);
                if (progress.Stuck.Any(queue.Holds)) return await restart.RunAsync(words.Stuck, cancel);
                // Behind another prompt the probe would prove nothing, or delay the prompts behind it.
                var ended = queue.Running.Count > 0
                    ? new ProbeResult.BehindOthers()
                    : await Probe.RunAsync(client, progress, options, clock, cancel);
                switch (ended)
                {
                    case ProbeResult.NoAnswer: return await restart.RunAsync(words.Stuck, cancel);
                    case ProbeResult.Failed failed: return await restart.RunAsync(
                        $"{health.Name} cannot run the simplest prompt ({failed.Reason}): restart it", cancel);
                    case ProbeResult.Made made: proves = made.OnGpu && facts.Gpu is not null; break;
                }
            }
            await LookAsync(cancel);
            progress.Restart();
            var usable = lacks!.Values.Count(lack => lack.Count == 0);
            log.ComfyReady(
                options.Server, facts.Version ?? "of unknown version", facts.Gpu?.Name ?? "no GPU", usable, workflows.All.Count,
                ModelCount);
            foreach (var advice in facts.Advice) log.ComfyFlags(options.Server, advice);
            return new Checkup.Works(proves);
        }
        catch (Exception error) when (ComfyClient.IsAway(error, cancel))
        {
            // A server that rejects connections was stopped, or is starting.
            return client.Silence >= options.Away && !ComfyClient.IsRejected(error)
                ? await restart.RunAsync(words.Silent(error), cancel)
                : new Checkup.DoesNotAnswer(words.Silent(error));
        }
    }

    /// <summary>Checks all workflows against the server and logs what changed.</summary>
    private async Task LookAsync(CancellationToken cancel)
    {
        looked = clock.GetTimestamp();
        var capability = new Capability(client);
        var found = new Dictionary<string, IReadOnlyList<string>>();
        foreach (var workflow in workflows.All) found[workflow.Name] = await capability.LacksAsync(workflow, cancel);
        var offered = catalog.Models.Where(model => workflows.For(model).Any(workflow => workflow.LoraAfter.Count > 0));
        var lacking = await capability.LoraLacksAsync(offered.SelectMany(model => model.Family.Loras.Values).Distinct(), cancel);
        if (!lacking.SequenceEqual(loraLacks))
            foreach (var lack in lacking) log.ComfyLacks(options.Server, lack);
        loraLacks = lacking;
        facts = await client.FactsAsync(cancel);
        spellings = capability.Spellings;
        var known = lacks;
        if (known is not null && found.All(workflow => workflow.Value.SequenceEqual(known[workflow.Key]))) return;

        lacks = found;
        if (known is not null) log.ComfyModels(options.Server, ModelCount);
        foreach (var want in Wanted(found)) log.ComfyLacks(options.Server, want);
    }

    private string ModelCount =>
        catalog.Models.Count(Serves) is var count && count == 1 ? "1 model" : $"{count} models";

    /// <summary>Each missing item once, regardless of how many workflows need it.</summary>
    private IEnumerable<string> Wanted(IReadOnlyDictionary<string, IReadOnlyList<string>> known) =>
        from workflow in workflows.All
        from lack in known.GetValueOrDefault(workflow.Name) ?? []
        group workflow by lack into wanting
        let models = catalog.Models.Where(model => workflows.For(model).Intersect(wanting).Any())
            .Select(model => model.Id)
            .ToList()
        where models.Count > 0
        select $"{wanting.Key}; it cannot make {string.Join(", ", models)}";
}
