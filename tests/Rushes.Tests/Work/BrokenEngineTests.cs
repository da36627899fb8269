using Microsoft.Extensions.Logging.Abstractions;
using Rushes.Catalog;
using Rushes.Engines;
using Rushes.Engines.Process;
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
    private LocalQueue queue = null!;

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync()
    {
        queue = await LocalQueue.OpenAsync(folder, new EngineFaults(Offers, TimeProvider.System));
        queue.Source.OfferReceived += RecordOffer;
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
        await queue.DisposeAsync();
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
            var job = await queue.EndedAsync(id);
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
        while (part.Changed is var changed && RunsOf("broken") < 5) await changed.WaitAsync(Cancel);

        Assert.Contains(
            "the program make failed: The program make ended with code 1 (CUDA error: device-side assert triggered); it failed",
            string.Concat(Offers().SelectMany(offer => offer.Wants)),
            StringComparison.Ordinal);
        foreach (var id in jobs) Assert.Equal(0, (await queue.FindAsync(id)).Attempts);
        File.Delete(folder["broken.broken"]);

        foreach (var id in jobs) Assert.Equal(JobState.Completed, (await queue.EndedAsync(id)).State);
    }

    [Fact]
    public async Task A_job_that_breaks_every_engine_ends_with_the_reason_while_the_others_complete()
    {
        Work("one");
        Work("other");
        var poison = await SubmitAsync("poison");

        var failed = queue.FindAsync(poison);
        while (!(await failed).State.IsFinished)
        {
            Assert.Equal(JobState.Completed, (await queue.EndedAsync(await SubmitAsync("a"))).State);
            failed = queue.FindAsync(poison);
        }

        var ended = await failed;
        Assert.Equal((JobState.Failed, "engine_failed"), (ended.State, ended.Error!.Code));
        Assert.Contains("ended with code 1", ended.Error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Jobs_that_break_the_only_engine_do_not_keep_another_waiting()
    {
        await queue.DisposeAsync();
        queue = await LocalQueue.OpenAsync(folder, new EngineFaults(Offers, new HourlyClock()));
        queue.Source.OfferReceived += RecordOffer;
        var first = await SubmitAsync("poison");
        var second = await SubmitAsync("poison");
        var honest = await SubmitAsync("a");
        Work("only");

        Assert.Equal(JobState.Completed, (await queue.EndedAsync(honest)).State);

        foreach (var poison in new[] { first, second })
            Assert.InRange((await queue.FindAsync(poison)).Fence, 1, EngineFaults.MaxFaults);
    }

    [Fact]
    public async Task One_accounts_many_jobs_that_break_the_engine_cost_the_others_no_pause()
    {
        var other = await queue.Database.Accounts.EnsureAccountAsync("other", Cancel);
        for (var count = 0; count < 30; count++) await SubmitAsync("poison");
        var honest = new List<long>();
        for (var count = 0; count < 5; count++) honest.Add(await SubmitAsync("a", other));
        // A pause would last longer than the test.
        var pause = TimeSpan.FromHours(1);
        var part = Work("only", pauses: new HealthOptions { FirstPause = pause, MaxPause = pause });

        var paused = Task.Run(async () =>
        {
            while (part.Changed is var changed && part.State is not HealthState.Sick) await changed.WaitAsync(Cancel);
        }, Cancel);
        foreach (var id in honest)
        {
            await Task.WhenAny(queue.EndedAsync(id), paused);
            Assert.Equal(JobState.Completed, (await queue.FindAsync(id)).State);
        }
        Assert.InRange(RunsOf("only"), 5, 15);
    }

    [Fact]
    public async Task A_program_whose_weights_are_missing_takes_no_job_until_they_are_there()
    {
        var part = Work("here", needs: folder["weights.gguf"]);
        var id = await SubmitAsync("a");
        while (part.Changed is var changed && part.State is not HealthState.Sick) await changed.WaitAsync(Cancel);

        Assert.Equal(
            $"the program make lacks {folder["weights.gguf"]}: put it there, or correct the engine file", part.State.Problem);
        Assert.Equal((JobState.Pending, 0), ((await queue.FindAsync(id)).State, RunsOf("here")));
        await File.WriteAllTextAsync(folder["weights.gguf"], "", Cancel);

        Assert.Equal(JobState.Completed, (await queue.EndedAsync(id)).State);
    }

    [Fact]
    public async Task A_job_stays_queued_while_another_runs_on_its_gpu()
    {
        var gpu = folder["gpu"];
        await File.WriteAllTextAsync(folder["gpu.sh"], """
            # Fails if another run has the GPU; ends when the file gpu.go exists.
            gpu="$(dirname "$0")/gpu"
            mkdir "$gpu" || exit 1
            until [ -e "$gpu.go" ]; do sleep 0.05; done
            rmdir "$gpu"
            cp "$1" "$2"
            """, Cancel);
        await File.WriteAllTextAsync(folder["gpu.json"], $$"""
            {
              "gpus": ["0"],
              "programs": { "make": {
                "serves": ["wan22-fast-t2v"], "program": "bash",
                "arguments": ["{{folder["gpu.sh"]}}", "{{folder["sample.mp4"]}}", "{output}"]
              } }
            }
            """, Cancel);
        var engine = ProcessEngine.Load(
            [folder["gpu.json"]], ["wan22-fast-t2v"], folder["gpu-scratch"], TimeProvider.System, NullLogger.Instance,
            health: ComfyBench.Quick);
        var received = System.Threading.Channels.Channel.CreateUnbounded<string>();
        queue.Source.OfferReceived += offer => received.Writer.TryWrite(offer.Worker);
        long[] jobs = [await SubmitAsync("a"), await SubmitAsync("b"), await SubmitAsync("c")];
        foreach (var slot in new[] { "gpu/1", "gpu/2" })
            working.Add(new Worker(
                slot, queue.Source, engine, CatalogReader.Read(), folder[slot.Replace('/', '-')], new WorkOptions(),
                TimeProvider.System, NullLogger<Worker>.Instance).RunAsync(stop.Token));

        // Both slots have said what they can do, and one of them runs a job.
        var heard = new HashSet<string>();
        while (heard.Count < 2) heard.Add(await received.Reader.ReadAsync(Cancel));
        await Eventually.TrueAsync(() => Directory.Exists(gpu), Cancel);
        var states = new List<JobState>();
        foreach (var id in jobs) states.Add((await queue.FindAsync(id)).State);
        Assert.Equal(1, states.Count(state => state == JobState.Running));

        await File.WriteAllTextAsync($"{gpu}.go", "", Cancel);
        foreach (var id in jobs) Assert.Equal(JobState.Completed, (await queue.EndedAsync(id)).State);
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
        var engine = ProcessEngine.Load(
            [folder[$"{name}.json"]], ["wan22-fast-t2v"], folder[$"{name}-scratch"], TimeProvider.System, NullLogger.Instance,
            health: pauses ?? ComfyBench.Quick);
        working.Add(new Worker(
            $"{name}/1", queue.Source, engine, CatalogReader.Read(), folder[$"{name}-work"], new WorkOptions(),
            TimeProvider.System, NullLogger<Worker>.Instance).RunAsync(stop.Token));
        return engine.Parts[0];
    }

    private Task BreakAsync(string name) => File.WriteAllTextAsync(folder[$"{name}.broken"], "", Cancel);

    private int RunsOf(string name) => File.ReadAllLines(folder[name]).Length;

    private void RecordOffer(ClaimOffer offer)
    {
        lock (gate) offers[offer.Worker] = offer;
    }

    private IReadOnlyList<ClaimOffer> Offers()
    {
        lock (gate) return [.. offers.Values];
    }

    private Task<long> SubmitAsync(string prompt, int? owner = null) =>
        queue.SubmitAsync("wan22-fast-t2v", prompt, new VideoFormat(160, 120, 16, 16), owner);

    /// <summary>An hour passes between any two readings, so that no failure is recent.</summary>
    private sealed class HourlyClock : TimeProvider
    {
        private long hours;

        public override DateTimeOffset GetUtcNow() => DateTimeOffset.UnixEpoch.AddHours(Interlocked.Increment(ref hours));
    }
}
