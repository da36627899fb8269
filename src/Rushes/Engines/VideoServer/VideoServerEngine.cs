using System.Net;
using System.Runtime.CompilerServices;
using System.Text.Json;
using Microsoft.Extensions.Logging;
using Rushes.Catalog;
using Rushes.Engines.Process;
using Rushes.Jobs;

namespace Rushes.Engines.VideoServer;

/// <summary>
/// A server with an HTTP API like that of OpenAI's videos, such as vLLM-Omni, SGLang Diffusion, LightX2V or another gateway.
/// What it is like is in an engine file.
/// </summary>
public sealed class VideoServerEngine : IEngine, IAsyncDisposable
{
    private readonly VideoServerFile file;
    private readonly Uri server;
    private readonly VideoServerClient client;
    private readonly EngineHealth health;
    private readonly VideoServer used;
    private readonly ServerSlot[] slots;
    private readonly IdlePool<ServerSlot> idle;
    private readonly CancellationTokenSource closing = new();

    internal VideoServerEngine(
        VideoServerFile file, Uri server, TimeProvider clock, ILogger log, VideoServerOptions? options = null,
        HealthOptions? health = null)
    {
        (this.file, this.server) = (file, server);
        options ??= new VideoServerOptions();
        client = new VideoServerClient(file, server, clock, options.Call);
        this.health = new EngineHealth($"the video server {server}", clock, CheckAsync, health, log);
        used = new VideoServer
        {
            File = file, Address = server, Client = client, Health = this.health, Options = options, Clock = clock, Log = log,
            Closing = closing.Token,
        };
        Parts = [this.health];
        slots = [.. Enumerable.Range(0, file.Jobs).Select(_ => new ServerSlot())];
        idle = new IdlePool<ServerSlot>(slots);
    }

    public string Name => "videos-api";

    public IReadOnlyList<EngineHealth> Parts { get; }

    /// <summary>Reads an engine file; each of its servers is an engine.</summary>
    /// <exception cref="EngineFileException">File, line and reason.</exception>
    public static IReadOnlyList<VideoServerEngine> Load(
        string name, IEnumerable<string> families, TimeProvider clock, ILogger log)
    {
        var file = VideoServerFileReader.Read(name, families.ToHashSet());
        return [.. file.Servers.Select(server => new VideoServerEngine(file, server, clock, log))];
    }

    public EngineHealth PartOf(Model model) => health;

    public bool Serves(Model model) => Find(model) is not null;

    public FieldEffect EffectOf(string field, Model model) => Find(model)!.EffectOf(field);

    /// <summary>Most servers have no progress, so only the whole run has a limit; a silent server is noticed by its calls.
    /// </summary>
    public RunLimits LimitsFor(Model model)
    {
        var total = Find(model)!.Total;
        return new RunLimits { Start = total, Idle = total, Total = total };
    }

    public Reservation Reserve() => new(
        idle.TryTake() is { } free ? new Dictionary<EngineHealth, object?> { [health] = free } : [],
        slot => Return((ServerSlot)slot));

    public Task RoomAsync(CancellationToken cancel) => idle.Returned.WaitAsync(cancel);

    public async IAsyncEnumerable<EngineEvent> RunAsync(
        EngineJob job, string scratch, [EnumeratorCancellation] CancellationToken cancel)
    {
        var model = Find(job.Model)!;
        var rendered = model.Drawing.Format(job.Plan.Render);
        if (await JobFiles.PrepareAsync(job, rendered, scratch, cancel) is not { } media)
        {
            yield return new EngineEvent.Failed(
                new JobError("bad_media", "A picture of the request cannot be decoded. Send it again in another format."),
                Blame.Job);
            yield break;
        }
        var reserved = job.Room?.Of<ServerSlot>(health);
        if (reserved is null) yield return new EngineEvent.Waiting();
        var slot = reserved ?? await idle.TakeAsync(cancel);
        var run = new VideoServerRun(used, model);
        try
        {
            await foreach (var happened in run.RunAsync(job, rendered, media, scratch, cancel)) yield return happened;
        }
        finally
        {
            slot.Ending = run.Ending;
            if (reserved is null) Return(slot);
        }
    }

    public async ValueTask DisposeAsync()
    {
        await closing.CancelAsync();
        await Task.WhenAll(slots.Select(slot => slot.Ending)).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        client.Dispose();
        closing.Dispose();
    }

    private ServedModel? Find(Model model) => file.Models.FirstOrDefault(served => served.Families.Contains(model.Family.Name));

    /// <summary>A slot whose cancelled job is still running is returned when that ends.</summary>
    private void Return(ServerSlot slot)
    {
        if (slot.Ending.IsCompleted) idle.Return(slot);
        else slot.Ending.GetAwaiter().OnCompleted(() => idle.Return(slot));
    }

    private async Task<Checkup> CheckAsync(CancellationToken cancel)
    {
        try
        {
            if (await client.HealthAsync(cancel) is { } status && Problem(status) is { } problem) return problem;
            var list = await client.ModelsAsync(cancel);
            if (list is { Status: HttpStatusCode.Unauthorized or HttpStatusCode.Forbidden })
                return new Checkup.Broken($"{server} rejects the key");
            var served = list?.Ids;
            var wrong = served is null ? null : file.Models.FirstOrDefault(model => model.Id is { } id && !served.Contains(id));
            return wrong is null
                ? new Checkup.Works(Proves: false)
                : new Checkup.Broken(
                    $"{server} serves {Listed(served!)}, but the engine file expects {wrong.Id} (models.{wrong.Name}.id)");
        }
        catch (HttpRequestException error)
        {
            return new Checkup.DoesNotAnswer($"{server} does not respond: {error.Message}");
        }
        catch (Exception error) when (error is JsonException or IOException)
        {
            return new Checkup.Broken($"{server} has a list of models that cannot be read");
        }
    }

    private Checkup? Problem(HttpStatusCode status) => status switch
    {
        HttpStatusCode.Unauthorized or HttpStatusCode.Forbidden => new Checkup.Broken($"{server} rejects the key"),
        HttpStatusCode.NotFound or HttpStatusCode.MethodNotAllowed => new Checkup.Broken(
            $"{server} has no call {file.Calls.Health}; check the address, or set \"health\" in \"calls\" to null"),
        HttpStatusCode.ServiceUnavailable => new Checkup.DoesNotAnswer($"{server} is not ready"),
        >= HttpStatusCode.BadRequest => new Checkup.Broken($"{server} reports a fault ({(int)status}) at {file.Calls.Health}"),
        _ => null,
    };

    private static string Listed(IReadOnlyList<string> models) =>
        models.Count == 0 ? "no model" : BoundedText.Line(string.Join(", ", models.Take(5)), 300);
}
