using System.Runtime.CompilerServices;
using Microsoft.Extensions.Logging;
using Rushes.Catalog;
using Rushes.Engines.Process;
using Rushes.Jobs;

namespace Rushes.Engines.SdServer;

/// <summary>
/// stable-diffusion.cpp's <c>sd-server</c>, resident on each GPU with its weights loaded: one job at a time each, over
/// loopback. The server cannot stop a job, so cancelling restarts it.
/// </summary>
public sealed class SdServerEngine : IEngine, IAsyncDisposable
{
    private readonly ProgramRecipe recipe;
    private readonly List<SdServerChild> children;
    private readonly EngineHealth health;
    private readonly IdlePool<SdServerChild> idle;
    private readonly HttpClient http = new(
        new SocketsHttpHandler { UseProxy = false, AllowAutoRedirect = false }) { Timeout = Timeout.InfiniteTimeSpan };
    private readonly TimeProvider clock;
    private readonly ILogger log;

    private SdServerEngine(
        ProgramFile file, string scratch, TimeProvider clock, ILogger log, TimeSpan grace, HealthOptions? options)
    {
        (recipe, this.clock, this.log) = (file.Programs[0], clock, log);
        health = new EngineHealth(ProgramCheck.Named(recipe), clock, CheckAsync, options, log);
        Parts = [health];
        var gpus = file.Gpus.Count > 0 ? file.Gpus : [""];
        children = [.. gpus.Select((gpu, index) => new SdServerChild(
            recipe, gpu, new Folder(scratch).File($"server-{index + 1}"), http, grace, clock, log, Lose))];
        // A ready server is taken before one that is loading.
        idle = new IdlePool<SdServerChild>(children, server => server.IsReady);
    }

    public string Name => "sd-server";

    public IReadOnlyList<EngineHealth> Parts { get; }

    public EngineHealth PartOf(Model model) => health;

    public Reservation Reserve() => new(
        idle.TryTake() is { } free ? new Dictionary<EngineHealth, object?> { [health] = free } : [],
        server => idle.Return((SdServerChild)server));

    public Task RoomAsync(CancellationToken cancel) => idle.Returned.WaitAsync(cancel);

    /// <summary>How often a job is polled.</summary>
    internal TimeSpan Poll { get; init; } = TimeSpan.FromMilliseconds(500);

    /// <summary>Reads the engine file and starts a server on each of its GPUs.</summary>
    /// <param name="gpus">Overrides the GPUs in the file.</param>
    /// <param name="scratch">Contains the private folders of the servers; programs that an earlier process left there are
    /// ended.</param>
    /// <exception cref="EngineFileException">File, line and reason.</exception>
    public static SdServerEngine Start(string name, IEnumerable<string> families, string scratch, TimeProvider clock, ILogger log,
        TimeSpan? grace = null, TimeSpan? poll = null, IReadOnlyList<string>? gpus = null,
        HealthOptions? health = null)
    {
        ProcessGroup.KillLeftovers(scratch);
        var file = ProgramFileReader.Read(name, families.ToHashSet());
        if (file.Programs.Count != 1)
            throw new EngineFileException(
                $"{file.Path}: a resident server's file has one program; this one has {file.Programs.Count}");
        if (!file.Programs[0].Arguments.SelectMany(argument => argument.Names).Contains("port"))
            throw new EngineFileException(
                $"{file.Path}: programs.{file.Programs[0].Name}.arguments: a resident server needs the placeholder {{port}}");
        var unknown = file.Programs[0].Arguments.Concat(file.Programs[0].IfSupported).SelectMany(argument => argument.Names)
            .Except(["port", "gpu", "job"]).FirstOrDefault();
        if (unknown is not null)
            throw new EngineFileException(
                $"{file.Path}: programs.{file.Programs[0].Name}.arguments: {{{unknown}}} is a job's; "
                    + $"a resident server starts before any job, and has {{port}}, {{gpu}}, {{job}}");
        return new SdServerEngine(
            gpus is null ? file : file with { Gpus = gpus }, scratch, clock, log, grace ?? TimeSpan.FromSeconds(5),
            health) { Poll = poll ?? TimeSpan.FromMilliseconds(500) };
    }

    public bool Serves(Model model) => recipe.Families.Contains(model.Family.Name);

    public FieldEffect EffectOf(string field, Model model) => recipe.EffectOf(field, SdServerRequest.Sent, "");

    public RunLimits LimitsFor(Model model) => recipe.Limits;

    public async IAsyncEnumerable<EngineEvent> RunAsync(
        EngineJob job, string scratch, [EnumeratorCancellation] CancellationToken cancel)
    {
        var rendered = recipe.Drawing.Format(job.Plan.Render);
        if (await JobFiles.PrepareAsync(job, rendered, scratch, cancel) is not { } media)
        {
            yield return new EngineEvent.Failed(
                new JobError("bad_media", "A picture of the request cannot be decoded. Send it again in another format."),
                Blame.Job);
            yield break;
        }

        var words = RequestWords.Of(job.Input, recipe.Drawing);
        var counter = new StageCounter(recipe.Stages, recipe.Drawing.StepsOf(job.Input), recipe.Drawing.ClipsOf(rendered), words);
        var signs = new OutputSigns(counter);
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(cancel);
        var reserved = job.Room?.Of<SdServerChild>(health);
        if (reserved is null) yield return new EngineEvent.Waiting();
        var child = reserved ?? await idle.TakeAsync(cancel);
        Task<EngineEvent>? run = null;
        try
        {
            yield return new EngineEvent.Stage("start");
            run = RunAsync(child, line => signs.Read(line.Text));
            await foreach (var sign in signs.ReadAllAsync(CancellationToken.None)) yield return sign;
        }
        finally
        {
            if (run is { IsCompleted: false }) await stop.CancelAsync();
            if (run is not null) await ((Task)run).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            if (reserved is null) idle.Return(child);
        }

        var ended = await run;
        if (ended is EngineEvent.Output) yield return new EngineEvent.Tasks(counter.Total, counter.Total);
        yield return ended;

        async Task<EngineEvent> RunAsync(SdServerChild on, Action<OutputLine> onLine)
        {
            try
            {
                return await new SdServerJob(on, recipe, words, http, Poll, clock, log).RunAsync(
                    job, rendered, media, scratch, onLine, stop.Token);
            }
            finally
            {
                signs.End();
            }
        }
    }

    /// <summary>One ready server is enough.</summary>
    private async Task<Checkup> CheckAsync(CancellationToken cancel)
    {
        if (ProgramCheck.Missing(recipe) is { } missing) return new Checkup.Broken(missing);
        var starts = children.Select(child => child.ReadyAsync(cancel)).ToList();
        while (true)
        {
            var settled = await Task.WhenAny(starts);
            starts.Remove(settled);
            switch (await settled)
            {
                case ServerState.Ready: return new Checkup.Works(Proves: true);
                case ServerState.Broken broken when starts.Count == 0: return new Checkup.Broken(broken.Reason);
            }
        }
    }

    private void Lose(string reason)
    {
        if (!children.Any(child => child.IsReady)) health.Lose(reason);
    }

    public async ValueTask DisposeAsync()
    {
        await Task.WhenAll(children.Select(child => child.DisposeAsync().AsTask()));
        http.Dispose();
    }
}
