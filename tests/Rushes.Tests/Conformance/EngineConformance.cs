using System.Text.Json;
using Rushes.Catalog;
using Rushes.Engines;
using Rushes.Jobs;
using Rushes.Media;
using Rushes.Tests.Engines;
using Xunit;

namespace Rushes.Tests.Conformance;

/// <summary>Tests for all engines. The tests of a new engine inherit from this and start the engine.</summary>
public abstract class EngineConformance : IAsyncLifetime
{
    private readonly TempFolder media = new();
    private readonly Dictionary<string, string> files = [];
    private IEngine? engine;

    /// <summary>Starts the engine and whatever it needs.</summary>
    protected abstract ValueTask<IEngine> StartAsync(CancellationToken cancel);

    /// <summary>Stops what <see cref="StartAsync"/> started.</summary>
    protected virtual ValueTask StopAsync() => ValueTask.CompletedTask;

    /// <summary>Whether the video depends only on the seed.</summary>
    protected virtual bool SeedDecides => true;

    public async ValueTask InitializeAsync()
    {
        engine = await StartAsync(TestContext.Current.CancellationToken);
        files["picture"] = await SampleMedia.PictureAsync(media);
        files["sound"] = await SampleMedia.SoundAsync(media);
        files["clip"] = await SampleMedia.ClipAsync(media);
    }

    public async ValueTask DisposeAsync()
    {
        await StopAsync();
        media.Dispose();
        GC.SuppressFinalize(this);
    }

    [Fact]
    public async Task The_delivered_file_is_exactly_what_was_planned()
    {
        foreach (var kind in Kinds())
        {
            using var scratch = new TempFolder();
            var (job, path) = await MakeAsync(kind, scratch);

            var finish = await FinalEncode.FinishAsync(path, kind, job.Plan, TestContext.Current.CancellationToken);

            var delivered = Assert.IsType<Finish.Ready>(finish).Path;
            var facts = await VideoProbe.FindAsync(delivered, TestContext.Current.CancellationToken);
            Assert.NotNull(facts);
            var due = job.Plan.Delivery;
            Assert.Equal(
                ("h264", "yuv420p", due.Width, due.Height, due.Frames),
                (facts.Codec, facts.PixelFormat, facts.Width, facts.Height, facts.Frames));
            Assert.Equal(due.Rate, facts.Rate, 0.01);
            Assert.Equal(due.Seconds, facts.Seconds, 0.01);
            Assert.True(facts.Faststart);
            if (kind is not (ModelKind.SoundToVideo or ModelKind.Foley)) continue;
            Assert.Equal("aac", facts.SoundCodec);
            Assert.Equal(due.Seconds, facts.SoundSeconds, 0.05);
        }
    }

    [Fact]
    public async Task The_file_says_nothing_of_the_prompt()
    {
        foreach (var kind in Kinds())
        {
            using var scratch = new TempFolder();
            var (job, path) = await MakeAsync(kind, scratch, prompt: "zanzibarquokka");

            var finish = await FinalEncode.FinishAsync(path, kind, job.Plan, TestContext.Current.CancellationToken);

            var bytes = await File.ReadAllBytesAsync(
                Assert.IsType<Finish.Ready>(finish).Path, TestContext.Current.CancellationToken);
            Assert.Equal(-1, bytes.AsSpan().IndexOf("zanzibarquokka"u8));
        }
    }

    [Fact]
    public async Task Progress_only_grows_and_ends_at_its_total()
    {
        foreach (var kind in Kinds())
        {
            using var scratch = new TempFolder();

            var events = await RunAsync(Job(kind), scratch);

            var tasks = events.OfType<EngineEvent.Tasks>().ToList();
            Assert.NotEmpty(tasks);
            Assert.All(tasks, task => Assert.InRange(task.Done, 0, task.Total));
            Assert.Equal(tasks.Select(task => task.Done).Order(), tasks.Select(task => task.Done));
            Assert.Equal(tasks[^1].Total, tasks[^1].Done);
            Assert.IsType<EngineEvent.Output>(events[^1]);
        }
    }

    [Fact]
    public async Task The_same_seed_gives_the_same_frames_and_another_seed_others()
    {
        if (!SeedDecides) return;
        foreach (var kind in Kinds().Where(kind => kind != ModelKind.Foley))
        {
            using var scratch = new TempFolder();
            using var again = new TempFolder();
            using var other = new TempFolder();

            var first = await SampleMedia.FramesOfAsync((await MakeAsync(kind, scratch, seed: 1)).Path);

            Assert.Equal(first, await SampleMedia.FramesOfAsync((await MakeAsync(kind, again, seed: 1)).Path));
            Assert.NotEqual(first, await SampleMedia.FramesOfAsync((await MakeAsync(kind, other, seed: 2)).Path));
        }
    }

    [Fact]
    public async Task Cancelling_stops_every_process_first()
    {
        // A foley clip and an upscaled one are done too soon to be stopped half-way.
        foreach (var kind in Kinds().Where(kind => kind is not (ModelKind.Foley or ModelKind.Upscale)))
        {
            using var scratch = new TempFolder();
            using var cancel = CancellationTokenSource.CreateLinkedTokenSource(TestContext.Current.CancellationToken);
            var job = Job(kind) with { Plan = Plan(kind, frames: 800) };

            await Assert.ThrowsAnyAsync<OperationCanceledException>(async () =>
            {
                EngineEvent? last = null;
                await foreach (var happened in Engine.RunAsync(job, scratch.Path, cancel.Token))
                {
                    last = happened;
                    if (happened is EngineEvent.Tasks { Done: > 0 }) await cancel.CancelAsync();
                }
                throw new InvalidOperationException($"The run of {kind} ended by itself: {last}");
            });

            Assert.Empty(ProcessesIn(scratch.Path));
        }
    }

    [Theory]
    [MemberData(nameof(Prompts))]
    public async Task No_prompt_breaks_or_steers_it(string json)
    {
        // Other kinds read prompts by the same code.
        foreach (var kind in Kinds().Where(kind => kind is ModelKind.TextToVideo or ModelKind.Foley))
        {
            using var scratch = new TempFolder();
            var job = Job(kind) with { Input = JobInput.Parse($$"""{"prompt":{{json}},"seed":3}""") };

            var events = await RunAsync(job, scratch);

            Assert.IsType<EngineEvent.Output>(events[^1]);
        }
    }

    /// <summary>Prompts as JSON strings.</summary>
    public static TheoryData<string> Prompts => new(
    [
        "\"\"", "\"   \"",
        JsonSerializer.Serialize("it's 100% [v];[a]: ass=x,null'\"; rm -rf $HOME `id` %{pts} -i /etc/passwd"),
        JsonSerializer.Serialize(@"{\b1}{\p1}m 0 0 l 9 9{\p0} a\Nb\nc\hd C:\x \ {= } {"),
        JsonSerializer.Serialize("😀👨‍👩‍👧‍👦 مرحبا بالعالم שלום नमस्ते สวัสดี 你好世界 こんにちは한국어"),
        JsonSerializer.Serialize(
            "\0\u0001\u001b[31m\r\n\tDialogue: 0,0:00:00.00,9:00:00.00,Draft,,0,0,0,,x\u2028\u202e\ufeff\uffff"),
        JsonSerializer.Serialize(string.Concat(Enumerable.Repeat("word, 字 ", 625))),
        JsonSerializer.Serialize("z" + new string('\u0301', 2000) + new string('W', 3000)),
        @"""half \ud83d and \udc00 and \\ud800 and \ud83d\ude00""",
    ]);

    protected IEngine Engine => engine!;

    protected EngineJob Job(ModelKind kind, string prompt = "a red boat at sunset", long seed = 1)
    {
        var fields = kind switch
        {
            ModelKind.ImageToVideo => new Dictionary<string, string> { ["data_uri"] = files["picture"] },
            ModelKind.SoundToVideo => new() { ["data_uri"] = files["picture"], ["audio_uri"] = files["sound"] },
            ModelKind.Foley => new() { ["data_uri"] = files["clip"] },
            _ when kind.NeedsClip => new() { ["data_uri"] = files["clip"] },
            _ => [],
        };
        var input = JobInput.Parse(JsonSerializer.Serialize(new { prompt, seed }));
        return new EngineJob(1, ModelOf(kind), Plan(kind), input, fields);
    }

    /// <summary>One second at 16 frames a second, small. A clip keeps its own size.</summary>
    protected static RenderPlan Plan(ModelKind kind, int frames = 16)
    {
        var format = kind == ModelKind.Foley ? new VideoFormat(160, 120, frames, 16) : new VideoFormat(192, 112, frames, 16);
        if (kind == ModelKind.Upscale) format = new VideoFormat(320, 240, frames, 16);
        return new RenderPlan(format, format, Preset: "ultrafast", Kept: kind == ModelKind.VideoExtend ? frames / 2 : 0);
    }

    private static Model ModelOf(ModelKind kind)
    {
        var name = kind switch
        {
            ModelKind.TextToVideo => "wan22-fast-t2v",
            ModelKind.ImageToVideo => "wan22-fast-i2v",
            ModelKind.SoundToVideo => "wan22-s2v",
            ModelKind.VideoToVideo => "wan21-vace",
            ModelKind.VideoExtend => "wan22-extend",
            ModelKind.Upscale => "seedvr2",
            _ => "hunyuan-foley",
        };
        var family = new Family
        {
            Name = name, Title = name, Kind = kind, Lane = name, Parameters = [],
            MaxSeconds = new Dictionary<int, double>(), RunSeconds = new Dictionary<int, double>(),
            Price = new Dictionary<int, long>(),
        };
        return new Model(name, [], new Tier("fast", 1), family);
    }

    private IEnumerable<ModelKind> Kinds() => Enum.GetValues<ModelKind>().Where(kind => Engine.Serves(ModelOf(kind)));

    private async Task<(EngineJob Job, string Path)> MakeAsync(
        ModelKind kind, TempFolder scratch, string prompt = "a red boat at sunset", long seed = 1)
    {
        var job = Job(kind, prompt, seed);
        var events = await RunAsync(job, scratch);
        return (job, Assert.IsType<EngineEvent.Output>(events[^1]).Path);
    }

    protected Task<List<EngineEvent>> RunAsync(EngineJob job, TempFolder scratch) => RunAsync(Engine, job, scratch);

    protected static async Task<List<EngineEvent>> RunAsync(IEngine engine, EngineJob job, TempFolder scratch)
    {
        var events = new List<EngineEvent>();
        await foreach (var happened in engine.RunAsync(job, scratch.Path, TestContext.Current.CancellationToken))
            events.Add(happened);
        return events;
    }

    /// <summary>The processes whose working folder is this one.</summary>
    protected static IEnumerable<string> ProcessesIn(string folder)
    {
        foreach (var process in Directory.EnumerateDirectories("/proc").Where(path => char.IsDigit(Path.GetFileName(path)[0])))
        {
            string? where = null;
            try
            {
                where = new FileInfo(Path.Combine(process, "cwd")).LinkTarget;
            }
            catch (Exception error) when (error is IOException or UnauthorizedAccessException)
            {
                // It ended while we looked.
            }
            if (where?.StartsWith(folder, StringComparison.Ordinal) == true) yield return process;
        }
    }
}
