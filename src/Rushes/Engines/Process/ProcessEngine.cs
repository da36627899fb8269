using System.Collections.Concurrent;
using System.Runtime.CompilerServices;
using Microsoft.Extensions.Logging;
using Rushes.Catalog;
using Rushes.Jobs;
using Rushes.Programs;

namespace Rushes.Engines.Process;

/// <summary>
/// Runs a local program for each job, as an engine file specifies: in its own session, with an argument list and a private
/// folder, one program per GPU. Only exit code 0 with a file counts as a video.
/// </summary>
public sealed class ProcessEngine : IEngine
{
    private readonly IReadOnlyList<ProgramFile> files;
    private readonly GpuPool gpus = new();
    private readonly TimeProvider clock;
    private readonly ILogger log;

    private readonly Dictionary<ProgramRecipe, EngineHealth> health;
    private readonly ConcurrentDictionary<ProgramRecipe, string> help = new();

    private ProcessEngine(
        IReadOnlyList<ProgramFile> files, string scratch, TimeProvider clock, ILogger log, HealthOptions? options)
    {
        (this.files, this.clock, this.log) = (files, clock, log);
        health = files.SelectMany(file => file.Programs).ToDictionary(recipe => recipe, recipe => new EngineHealth(
            ProgramCheck.Named(recipe), clock,
            cancel => ProgramCheck.RunAsync(recipe, scratch, printed => help[recipe] = printed, clock, cancel), options, log));
        Parts = [.. health.Values];
    }

    public string Name => "process";

    public IReadOnlyList<EngineHealth> Parts { get; }

    public EngineHealth PartOf(Model model) => health[Find(model)!.Value.Recipe];

    public Reservation Reserve()
    {
        var held = new Dictionary<EngineHealth, object?>();
        foreach (var file in files)
        {
            // A GPU that programs of another file may use as well is reserved once.
            var gpu = held.Values.OfType<string>().FirstOrDefault(file.Gpus.Contains) ?? gpus.TryTake(file.Gpus);
            if (gpu is null && file.Gpus.Count > 0) continue;
            foreach (var recipe in file.Programs) held[health[recipe]] = gpu;
        }
        return new Reservation(held, gpu => gpus.Return((string)gpu));
    }

    public Task RoomAsync(CancellationToken cancel) => gpus.Freed.WaitAsync(cancel);

    /// <summary>From SIGTERM to SIGKILL.</summary>
    internal TimeSpan Grace { get; init; } = TimeSpan.FromSeconds(5);

    /// <param name="names">Paths of engine files, or names of built-in ones.</param>
    /// <param name="gpus">Overrides the GPUs in the files.</param>
    /// <param name="scratch">Contains the folders of all runs; programs that an earlier process left there are ended.</param>
    /// <exception cref="EngineFileException">File, line and reason.</exception>
    public static ProcessEngine Load(
        IEnumerable<string> names, IEnumerable<string> families, string scratch, TimeProvider clock, ILogger log,
        TimeSpan? grace = null, IReadOnlyList<string>? gpus = null, HealthOptions? health = null)
    {
        ProcessGroup.KillLeftovers(scratch);
        var known = families.ToHashSet();
        var files = names.Select(name => ProgramFileReader.Read(name, known)).Select(
            file => gpus is null ? file : file with { Gpus = gpus })
            .Select((file, index) => WithHomes(file, index, new Folder(scratch))).ToList();
        var twice = files.SelectMany(file => file.Programs)
            .SelectMany(program => program.Families)
            .GroupBy(family => family)
            .FirstOrDefault(same => same.Count() > 1);
        foreach (var (file, recipe) in files.SelectMany(file => file.Programs.Select(recipe => (file, recipe))))
        {
            var places = recipe.Arguments.Concat(recipe.IfSupported).SelectMany(argument => argument.Names);
            if (recipe.Request is not null || places.Contains("port"))
                throw new EngineFileException(
                    $"{file.Path}: programs.{recipe.Name}: \"request\" and {{port}} are for a resident server; "
                        + $"start it with --engine sd-server={file.Path}");
        }
        if (twice is not null)
            throw new EngineFileException($"{files[^1].Path}: \"{twice.Key}\" is served by more than one of the engine files");
        return new ProcessEngine(files, scratch, clock, log, health) { Grace = grace ?? TimeSpan.FromSeconds(5) };
    }

    /// <summary>Adds a home to each program whose file has none, kept between runs.</summary>
    private static ProgramFile WithHomes(ProgramFile file, int index, Folder scratch) => file with
    {
        Programs = [.. file.Programs.Select((program, at) =>
            program with { Home = program.Home ?? scratch.File($"home-{index + 1}-{at + 1}") })],
    };

    public bool Serves(Model model) => Find(model) is not null;

    public FieldEffect EffectOf(string field, Model model) =>
        Find(model) is var (recipe, _) ? recipe.EffectOf(field, [], help.GetValueOrDefault(recipe, "")) : FieldEffect.None;

    public RunLimits LimitsFor(Model model) => Find(model)?.Recipe.Limits ?? new RunLimits();

    public async IAsyncEnumerable<EngineEvent> RunAsync(
        EngineJob job, string scratch, [EnumeratorCancellation] CancellationToken cancel)
    {
        var (recipe, file) = Find(job.Model) ?? throw new ArgumentException($"no program serves {job.Model.Id}", nameof(job));
        var rendered = recipe.Drawing.Format(job.Plan.Render);
        if (await JobFiles.PrepareAsync(job, rendered, scratch, cancel) is not { } media)
        {
            yield return Failed(
                "bad_media", "A picture of the request cannot be decoded. Send it again in another format.", Blame.Job);
            yield break;
        }
        var values = new JobValues(job, recipe.Drawing, rendered, media, scratch, recipe.Output, gpu: null);
        if (Rejection(recipe, values, scratch) is { } rejection)
        {
            yield return rejection;
            yield break;
        }

        var gpu = job.Room?.Of<string>(health[recipe]);
        var waits = gpu is null && file.Gpus.Count > 0;
        if (waits) yield return new EngineEvent.Waiting();
        if (waits) gpu = await gpus.TakeAsync(file.Gpus, cancel);
        var words = RequestWords.Of(job.Input, recipe.Drawing);
        var counter = new StageCounter(recipe.Stages, recipe.Drawing.StepsOf(job.Input), recipe.Drawing.ClipsOf(rendered), words);
        var signs = new OutputSigns(counter);
        Fault? fault = null;
        ProcessGroup? group = null;
        int code;
        try
        {
            yield return new EngineEvent.Stage("start");
            values = values.On(gpu);
            Directory.CreateDirectory(Path.GetDirectoryName(new Folder(scratch).Below(recipe.Output))!);
            foreach (var written in recipe.Writes) await written.Filled(values.Find).WriteAsync(scratch, cancel);
            cancel.ThrowIfCancellationRequested();
            group = ProcessGroup.Start(StartOf(recipe, values, scratch, gpu), line =>
            {
                signs.Read(line.Text);
                if (fault is null && recipe.Faults.FirstOrDefault(
                    known => words.Finds(known.Line, line.Text) is not null) is { } found)
                {
                    fault = found;
                    signs.End();
                }
            }, Grace, clock);
            _ = group.Ended.ContinueWith(
                _ => signs.End(), CancellationToken.None, TaskContinuationOptions.ExecuteSynchronously, TaskScheduler.Default);
            await foreach (var sign in signs.ReadAllAsync(cancel)) yield return sign;
            if (fault is not null) await group.StopAsync();
            code = await group.Ended;
        }
        finally
        {
            if (group is not null) await group.StopAsync();
            if (waits) gpus.Return(gpu!);
        }

        var output = code == 0 && fault is null ? FindOutput(recipe, scratch) : null;
        if (output is not null)
        {
            yield return new EngineEvent.Tasks(counter.Total, counter.Total);
            yield return new EngineEvent.Output(output);
            yield break;
        }
        var printed = words.Hide(group.Tail);
        log.ProgramFailed(recipe.Name, job.Id, code, printed);
        yield return FailureOf(recipe, fault, code) with { Printed = ProgramCheck.Last(printed), Log = printed };
    }

    private static EngineEvent.Failed FailureOf(ProgramRecipe recipe, Fault? fault, int code) =>
        fault is not null ? new EngineEvent.Failed(fault.Error, fault.Blame)
        : Failed(
            "engine_failed", $"The program {recipe.Name} {(code == 0 ? "ended without a video" : Ending(code))}.", Blame.Engine);

    private (ProgramRecipe Recipe, ProgramFile File)? Find(Model model)
    {
        foreach (var file in files)
            foreach (var recipe in file.Programs)
                if (recipe.Families.Contains(model.Family.Name)) return (recipe, file);
        return null;
    }

    /// <summary>Why the job's values cannot be passed to the program; null if they can.</summary>
    private EngineEvent.Failed? Rejection(ProgramRecipe recipe, JobValues values, string scratch)
    {
        if (Lacking(recipe, values) is { } lacking)
            return Failed("input_missing", $"The job has no file in {lacking}.", Blame.Job);
        var start = StartOf(recipe, values, scratch, gpu: null);
        return StartLimits.Allow(start.Arguments, start.Environment) ? null : Failed(
            "input_too_long", "The text of the request is too long for the program; send shorter fields.", Blame.Job);
    }

    /// <summary>A file that an argument requires; without it, programs would use their own examples.</summary>
    private static string? Lacking(ProgramRecipe recipe, JobValues values) => recipe.Arguments
        .Where(argument => !argument.IsGroup).SelectMany(argument => argument.Names)
        .Where(name => name.StartsWith("file:", StringComparison.Ordinal) && values.Find(name) is "").Select(
            name => name[5..]).FirstOrDefault();

    private ProgramStart StartOf(ProgramRecipe recipe, JobValues values, string scratch, string? gpu)
    {
        var environment = recipe.Environment.ToDictionary(pair => pair.Key, pair => Template.Fill(pair.Value, values.Find));
        if (gpu is not null) environment["CUDA_VISIBLE_DEVICES"] = gpu;
        return new ProgramStart(
            recipe.Program, Argument.Fill(recipe.ArgumentsFor(help.GetValueOrDefault(recipe, "")), values.Find),
            recipe.Folder ?? scratch,
            scratch) { Environment = environment, PassEnvironment = recipe.PassEnvironment, Home = recipe.Home };
    }

    /// <summary>
    /// The newest file with the expected name. Links are ignored, because they could lead out of the job's folder.
    /// </summary>
    private static string? FindOutput(ProgramRecipe recipe, string scratch)
    {
        var place = new Folder(scratch).Below(recipe.Find);
        var folder = new DirectoryInfo(Path.GetDirectoryName(place)!);
        return !folder.Exists ? null : folder.EnumerateFiles(Path.GetFileName(place))
            .Where(file => file.LinkTarget is null && file.Length > 0).OrderByDescending(
                file => file.LastWriteTimeUtc).FirstOrDefault()?.FullName;
    }

    private static string Ending(int code) => code > 128 ? $"was killed by signal {code - 128}" : $"ended with code {code}";

    private static EngineEvent.Failed Failed(string code, string message, Blame blame) => new(new JobError(code, message), blame);
}
