using Microsoft.Extensions.Logging.Abstractions;
using Rushes.Catalog;
using Rushes.Database;
using Rushes.Database.Sqlite;
using Rushes.Engines;
using Rushes.Engines.Process;
using Rushes.Files.Local;
using Rushes.Jobs;
using Rushes.Tests.Engines;
using Rushes.Tests.Engines.Comfy;
using Rushes.Work;
using Xunit;

namespace Rushes.Tests.Work;

/// <summary>Workers whose programs fail, beside others or alone.</summary>
public sealed class BrokenEngineTests : IAsyncLifetime
{
    private readonly TempFolder folder = new();
    private readonly CancellationTokenSource stop = new();
    private readonly List<Task> working = [];
    private readonly Dictionary<string, ClaimOffer> offers = [];
    private readonly Lock gate = new();
    private SqliteDatabase database = null!;
    private LocalJobSource source = null!;
    private int account;

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync()
    {
        database = await SqliteDatabase.OpenAsync(folder["rushes.db"], new RetryPolicy(), TimeProvider.System);
        account = await database.Accounts.EnsureAccountAsync("first", Cancel);
        var doorbell = new Doorbell();
        database.Followers.AddJobs("backlog", new Backlog(doorbell).Apply);
        var files = new LocalFileStore(folder["files"], "rushes-files", new byte[32], TimeProvider.System);
        var faults = new EngineFaults(Offers, TimeProvider.System);
        database.Followers.AddJobs("engine faults", faults.Apply);
        source = new LocalJobSource(database.Jobs, database.Leases, database.Lists, doorbell, files, new WorkOptions(), TimeProvider.System, faults: faults);
        source.Told += Meet;
        source.Told += faults.Meet;
        File.Copy(await SampleMedia.ClipAsync(folder), folder["sample.mp4"]);
        await File.WriteAllTextAsync(folder["make.sh"], """
            # Counts its runs in $1; fails while the file $1.broken exists, and on the prompt "poison".
            echo run >>"$1"
            if [ -e "$1.broken" ] || [ "$4" = poison ]; then echo 'CUDA error: device-side assert triggered'; exit 1; fi
            cp "$2" "$3"
            """, Cancel);
    }

    public async ValueTask DisposeAsync()
    {
        await stop.CancelAsync();
        await Task.WhenAll(working);
        await database.DisposeAsync();
        stop.Dispose();
        folder.Dispose();
    }

    [Fact]
    public async Task Beside_a_broken_engine_every_job_completes_and_none_counts_an_attempt()
    {
        await BreakAsync("broken");
        Work("broken", pauses: new HealthOptions());
        Work("healthy");
        var jobs = new List<long>();
        for (var count = 0; count < 40; count++) jobs.Add(await SubmitAsync("a"));

        foreach (var id in jobs)
        {
            var job = await EndOfAsync(id);
            Assert.Equal((JobState.Completed, 0), (job.State, job.Attempts));
        }

        Assert.InRange(RunsOf("broken"), 1, 20);
    }

    [Fact]
    public async Task With_only_a_broken_engine_no_job_fails_and_all_run_once_it_is_mended()
    {
        await BreakAsync("broken");
        var part = Work("broken");
        var jobs = new[] { await SubmitAsync("a"), await SubmitAsync("b"), await SubmitAsync("c") };
        while (RunsOf("broken") < 5) await part.Changed.WaitAsync(Cancel);

        Assert.Contains("the program make failed: The program make ended with code 1; it failed", string.Concat(Offers().SelectMany(offer => offer.Wants)), StringComparison.Ordinal);
        foreach (var id in jobs) Assert.Equal(0, (await database.Jobs.FindAsync(id, Cancel))!.Attempts);
        File.Delete(folder["broken.broken"]);

        foreach (var id in jobs) Assert.Equal(JobState.Completed, (await EndOfAsync(id)).State);
    }

    [Fact]
    public async Task A_job_that_breaks_every_engine_ends_with_the_reason_while_the_others_complete()
    {
        Work("one");
        Work("other");
        var poison = await SubmitAsync("poison");

        var failed = database.Jobs.FindAsync(poison, Cancel);
        while (!(await failed)!.State.IsFinished)
        {
            Assert.Equal(JobState.Completed, (await EndOfAsync(await SubmitAsync("a"))).State);
            failed = database.Jobs.FindAsync(poison, Cancel);
        }

        var ended = (await failed)!;
        Assert.Equal((JobState.Failed, "engine_failed"), (ended.State, ended.Error!.Code));
        Assert.Contains("ended with code 1", ended.Error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_program_whose_weights_are_missing_takes_no_job_until_they_are_there()
    {
        var part = Work("here", needs: folder["weights.gguf"]);
        var id = await SubmitAsync("a");
        while (part.State is not HealthState.Sick) await part.Changed.WaitAsync(Cancel);

        Assert.Equal($"the program make lacks {folder["weights.gguf"]}: put it there, or correct the engine file", part.State.Problem);
        Assert.Equal((JobState.Pending, 0), ((await database.Jobs.FindAsync(id, Cancel))!.State, RunsOf("here")));
        await File.WriteAllTextAsync(folder["weights.gguf"], "", Cancel);

        Assert.Equal(JobState.Completed, (await EndOfAsync(id)).State);
    }

    /// <summary>The part that its one program is.</summary>
    private EngineHealth Work(string name, string? needs = null, HealthOptions? pauses = null)
    {
        File.WriteAllText(folder[$"{name}.json"], $$"""
            {
              "gpus": [],
              "programs": { "make": {
                "serves": ["wan22-fast-t2v"], "program": "bash", "needs": [{{(needs is null ? "" : $"\"{needs}\"")}}],
                "arguments": ["{{folder["make.sh"]}}", "{{folder[name]}}", "{{folder["sample.mp4"]}}", "{output}", "{prompt}"]
              } }
            }
            """);
        File.WriteAllText(folder[name], "");
        var engine = ProcessEngine.Load([folder[$"{name}.json"]], ["wan22-fast-t2v"], folder[$"{name}-scratch"], TimeProvider.System, NullLogger.Instance, health: pauses ?? ComfyBench.Quick);
        working.Add(new Worker(
            $"{name}/1", source, engine, CatalogReader.Read(), folder[$"{name}-work"], new WorkOptions(), TimeProvider.System, NullLogger<Worker>.Instance).RunAsync(stop.Token));
        return engine.Parts[0];
    }

    private Task BreakAsync(string name) => File.WriteAllTextAsync(folder[$"{name}.broken"], "", Cancel);

    private int RunsOf(string name) => File.ReadAllLines(folder[name]).Length;

    private void Meet(ClaimOffer offer)
    {
        lock (gate) offers[offer.Worker] = offer;
    }

    private IReadOnlyList<ClaimOffer> Offers()
    {
        lock (gate) return [.. offers.Values];
    }

    private async Task<Job> EndOfAsync(long id)
    {
        while (true)
        {
            var next = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
            using var following = database.Followers.AddJobs("test", _ => next.TrySetResult());
            if (await database.Jobs.FindAsync(id, Cancel) is { State.IsFinished: true } job) return job;
            await next.Task.WaitAsync(Cancel);
        }
    }

    private async Task<long> SubmitAsync(string prompt)
    {
        var format = new VideoFormat(160, 120, 16, 16);
        var submitted = await database.Jobs.SubmitAsync(new NewJob
        {
            Account = account, Model = "wan22-fast-t2v", Lane = "t2v", Tier = 0, Priority = 0, Input = $$"""{"prompt":"{{prompt}}"}""",
            Plan = new RenderPlan(format, format, Preset: "ultrafast"), Work = 1, CreatedAt = TimeProvider.System.GetUtcNow(),
        }, Cancel);
        return Assert.IsType<SubmitOutcome.Created>(submitted).Id;
    }
}
