using System.Text;
using System.Text.Json;
using Microsoft.Extensions.Logging.Abstractions;
using Rushes.Catalog;
using Rushes.Engines;
using Rushes.Engines.Process;
using Rushes.Jobs;
using Rushes.Media;
using Rushes.Tests.Conformance;
using Xunit;

namespace Rushes.Tests.Engines.Process;

/// <summary>A fake program, run for real.</summary>
public sealed class ProcessEngineTests : EngineConformance
{
    private readonly TempFolder folder = new();

    protected override ValueTask<IEngine> StartAsync(CancellationToken cancel) => new(Load());

    protected override ValueTask StopAsync()
    {
        folder.Dispose();
        return default;
    }

    [Fact]
    public async Task Progress_is_counted_from_what_the_program_prints()
    {
        using var scratch = new TempFolder();

        var events = await RunAsync(Job(ModelKind.TextToVideo), scratch);

        Assert.All(events.OfType<EngineEvent.Tasks>(), tasks => Assert.Equal(6, tasks.Total));
    }

    [Fact]
    public async Task A_group_of_arguments_is_left_out_when_its_value_is_empty()
    {
        using var without = new TempFolder();
        using var with = new TempFolder();

        await RunAsync(Job(ModelKind.TextToVideo), without);
        await RunAsync(
            Job(ModelKind.TextToVideo) with { Input = JobInput.Parse("""{"prompt":"a","negative_prompt":"no birds"}""") }, with);

        Assert.Equal("\n", await TextAsync(without["arguments.txt"]));
        Assert.Equal("--not\nno birds\n", await TextAsync(with["arguments.txt"]));
    }

    [Theory]
    [InlineData("../../escaped_uri")]
    [InlineData("/tmp/escaped_uri")]
    [InlineData("x\0_uri")]
    public async Task The_name_of_a_field_is_no_part_of_a_path(string field)
    {
        using var scratch = new TempFolder();
        var run = Directory.CreateDirectory(scratch["a/b"]).FullName;
        await SampleMedia.PictureAsync(scratch);
        var job = Job(ModelKind.TextToVideo) with { Files = new Dictionary<string, string> { [field] = scratch["picture.png"] } };

        var prepared = await JobFiles.PrepareAsync(job, job.Plan.Render, run, TestContext.Current.CancellationToken);

        Assert.Equal(Path.Join(run, "input-1.png"), prepared![field]);
        Assert.Equal(
            [prepared[field]],
            Directory.EnumerateFiles(scratch.Path, "*", SearchOption.AllDirectories).Where(
                file => file != scratch["picture.png"]));
    }

    [Theory]
    [InlineData("$HOME `id` $(id) ; rm -rf / & | > x \\ \" ' * ? ~ !")]
    [InlineData("-rf --output=/etc/passwd")]
    [InlineData("{seed} {output} {file:data_uri} {{prompt}}")]
    [InlineData("two\nlines\r\n\ttab 😀 مرحبا \u2028 \u202e end ")]
    public async Task A_prompt_arrives_byte_for_byte(string prompt)
    {
        using var scratch = new TempFolder();

        await RunAsync(
            Job(ModelKind.TextToVideo) with { Input = JobInput.Parse(JsonSerializer.Serialize(new { prompt })) }, scratch);

        Assert.Equal(
            Encoding.UTF8.GetBytes(prompt),
            await File.ReadAllBytesAsync(scratch["prompt.txt"], TestContext.Current.CancellationToken));
    }

    [Fact]
    public async Task Text_that_is_too_long_for_an_argument_is_the_jobs_own_fault()
    {
        using var scratch = new TempFolder();
        var input = JsonSerializer.Serialize(new { prompt = "a", negative_prompt = new string('x', 200_000) });

        var events = await RunAsync(Job(ModelKind.TextToVideo) with { Input = JobInput.Parse(input) }, scratch);

        var failed = Assert.IsType<EngineEvent.Failed>(Assert.Single(events));
        Assert.Equal(("input_too_long", Blame.Job), (failed.Error.Code, failed.Blame));
    }

    [Fact]
    public async Task Commands_inside_a_prompt_are_taken_out_however_they_are_nested()
    {
        using var scratch = new TempFolder();

        await RunAsync(Job(ModelKind.TextToVideo, prompt: "a <lora:/etc/x:1>boat <lo<lora:a:1>ra:/b:1>"), scratch);

        Assert.Equal("a boat ", await TextAsync(scratch["prompt.txt"]));
    }

    [Fact]
    public async Task The_program_has_a_private_folder_and_one_gpu()
    {
        using var scratch = new TempFolder();

        await RunAsync(Job(ModelKind.TextToVideo), scratch);

        var environment = (await TextAsync(scratch["environment.txt"])).Split('\n');
        Assert.Contains("CUDA_VISIBLE_DEVICES=3", environment);
        Assert.Contains($"TMPDIR={scratch["tmp"]}", environment);
    }

    [Fact]
    public async Task A_gpu_is_reserved_for_the_next_job_of_one_slot_at_a_time()
    {
        var engine = Load();
        var (text, sound) = (engine.PartOf(Job(ModelKind.TextToVideo).Model), engine.PartOf(Job(ModelKind.SoundToVideo).Model));
        var first = engine.Reserve();
        Assert.True(first.Has(text) && first.Has(sound));
        Assert.False(engine.Reserve().Has(text));

        // The job that it claimed still needs the GPU, which its run gets without a wait.
        first.Keep(text);
        Assert.False(engine.Reserve().Has(text));
        using var scratch = new TempFolder();
        var events = await RunAsync(engine, Job(ModelKind.TextToVideo) with { Room = first }, scratch);
        Assert.IsType<EngineEvent.Output>(events[^1]);
        Assert.DoesNotContain(new EngineEvent.Waiting(), events);
        Assert.Contains("CUDA_VISIBLE_DEVICES=3", (await TextAsync(scratch["environment.txt"])).Split('\n'));

        var freed = engine.RoomAsync(TestContext.Current.CancellationToken);
        Assert.False(freed.IsCompleted);
        first.Dispose();
        await freed;
        Assert.True(engine.Reserve().Has(sound));
    }

    [Fact]
    public async Task The_program_gets_none_of_the_gateways_secrets_and_a_home_that_it_keeps()
    {
        foreach (var name in new[] { "API_KEY_TESTED", "AWS_SECRET_TESTED", "PASSED_TESTED" })
            Environment.SetEnvironmentVariable(name, "secret");
        using var first = new TempFolder();
        using var second = new TempFolder();
        var engine = Load();
        await RunAsync(engine, Job(ModelKind.TextToVideo), first);
        await RunAsync(engine, Job(ModelKind.TextToVideo), second);

        var environment = (await TextAsync(first["environment.txt"])).Split('\n');
        Assert.Equal(["PASSED_TESTED=secret"], environment.Where(line => line.EndsWith("=secret", StringComparison.Ordinal)));
        var home = Assert.Single(environment, line => line.StartsWith("HOME=", StringComparison.Ordinal));
        Assert.StartsWith($"HOME={folder.Path}/", home, StringComparison.Ordinal);
        Assert.Contains(home, (await TextAsync(second["environment.txt"])).Split('\n'));
    }

    [Theory]
    [InlineData("no-file", "ended without a video")]
    [InlineData("broken", "ended with code 1")]
    [InlineData("no-encoder", "has no text encoder")]
    public async Task Only_a_file_is_a_success(string mode, string message)
    {
        using var scratch = new TempFolder();

        var events = await RunAsync(Load(mode), Job(ModelKind.TextToVideo), scratch);

        var failed = Assert.IsType<EngineEvent.Failed>(events[^1]);
        Assert.Equal(("engine_failed", Blame.Engine), (failed.Error.Code, failed.Blame));
        Assert.Contains(message, failed.Error.Message, StringComparison.Ordinal);
        Assert.DoesNotContain("/", failed.Error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_file_of_another_name_is_found()
    {
        using var scratch = new TempFolder();

        var events = await RunAsync(Load("odd-name"), Job(ModelKind.TextToVideo), scratch);

        Assert.Equal(scratch["output.mp4.avi"], Assert.IsType<EngineEvent.Output>(events[^1]).Path);
    }

    [Fact]
    public async Task A_file_without_the_sound_that_is_due_is_not_delivered()
    {
        using var scratch = new TempFolder();
        var job = Job(ModelKind.SoundToVideo);

        var events = await RunAsync(Load("silent"), job, scratch);

        var path = Assert.IsType<EngineEvent.Output>(events[^1]).Path;
        var finish = Assert.IsType<Finish.Unusable>(
            await FinalEncode.FinishAsync(path, ModelKind.SoundToVideo, job.Plan, TestContext.Current.CancellationToken));
        Assert.Contains("no sound", finish.Error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_job_without_its_picture_is_not_run()
    {
        using var scratch = new TempFolder();

        var events = await RunAsync(Job(ModelKind.ImageToVideo) with { Files = new Dictionary<string, string>() }, scratch);

        Assert.Equal("input_missing", Assert.IsType<EngineEvent.Failed>(Assert.Single(events)).Error.Code);
    }

    [Theory]
    [InlineData("stubborn")]
    [InlineData("grandchild")]
    public async Task Nothing_of_it_is_left_after_cancelling(string mode)
    {
        using var scratch = new TempFolder();
        using var cancel = CancellationTokenSource.CreateLinkedTokenSource(TestContext.Current.CancellationToken);

        await Assert.ThrowsAnyAsync<OperationCanceledException>(async () =>
        {
            await foreach (var happened in Load(mode).RunAsync(Job(ModelKind.TextToVideo), scratch.Path, cancel.Token))
                if (happened is EngineEvent.Tasks { Done: > 1 }) await cancel.CancelAsync();
        });

        Assert.Empty(ProcessesIn(scratch.Path));
    }

    [Theory]
    [InlineData("hang-at-start", "engine_start_timeout", Blame.Engine)]
    [InlineData("hang", "engine_idle_timeout", Blame.Engine)]
    [InlineData("chatty", "engine_total_timeout", Blame.Job)]
    public async Task A_run_beyond_a_limit_is_stopped_and_named(string mode, string code, Blame blame)
    {
        using var scratch = new TempFolder();
        var clock = new FakeClock();
        var events = new List<EngineEvent>();

        await using var run = Load(mode).WatchAsync(
            Job(ModelKind.TextToVideo), scratch.Path, clock,
            TestContext.Current.CancellationToken).GetAsyncEnumerator(TestContext.Current.CancellationToken);
        while (true)
        {
            var next = run.MoveNextAsync().AsTask();
            // Chatty programs give signs all the time and are ended by the total, silent ones by one long wait.
            if (mode == "hang-at-start" || (mode == "hang" && events.Exists(step => step is EngineEvent.Tasks { Done: > 1 })))
                clock.Advance(TimeSpan.FromSeconds(61));
            if (mode == "chatty" && events.Exists(step => step is EngineEvent.Tasks)) clock.Advance(TimeSpan.FromSeconds(25));
            if (!await next) break;
            events.Add(run.Current);
        }

        var failed = Assert.IsType<EngineEvent.Failed>(events[^1]);
        Assert.Equal((code, blame), (failed.Error.Code, failed.Blame));
        Assert.Empty(ProcessesIn(scratch.Path));
    }

    [Fact]
    public async Task What_the_catalog_says_of_times_counts_before_the_engine_file()
    {
        using var scratch = new TempFolder();
        var clock = new FakeClock();
        var job = Job(ModelKind.TextToVideo) with { Limit = new RunTimeLimit(Start: 5) };

        await using var run = Load("hang-at-start").WatchAsync(
            job, scratch.Path, clock,
            TestContext.Current.CancellationToken).GetAsyncEnumerator(TestContext.Current.CancellationToken);
        // Neither waiting for the GPU nor a stage is a sign of life.
        Assert.True(await run.MoveNextAsync());
        Assert.IsType<EngineEvent.Waiting>(run.Current);
        Assert.True(await run.MoveNextAsync());
        Assert.IsType<EngineEvent.Stage>(run.Current);
        Assert.True(await run.MoveNextAsync());
        Assert.IsType<EngineEvent.Stage>(run.Current);
        var next = run.MoveNextAsync().AsTask();
        clock.Advance(TimeSpan.FromSeconds(6));
        await next;

        Assert.Equal(
            "The engine did not start within 5 seconds and was stopped.",
            Assert.IsType<EngineEvent.Failed>(run.Current).Error.Message);
    }

    private ProcessEngine Load(string mode = "") => ProcessEngine.Load(
        [EngineFile(folder, mode)], ["wan22-fast-t2v", "wan22-fast-i2v", "wan22-s2v", "hunyuan-foley"], folder.Path,
        TimeProvider.System, NullLogger.Instance,
        TimeSpan.FromMilliseconds(300));

    private static string EngineFile(TempFolder folder, string mode)
    {
        var programs = new (string Name, string Family, string More)[]
        {
            ("t2v", "wan22-fast-t2v", ""), ("i2v", "wan22-fast-i2v", """ "{file:data_uri}", """),
            ("s2v", "wan22-s2v", """ "{file:data_uri}", "{file:audio_uri}", """),
            ("foley", "hunyuan-foley", """ "{file:data_uri}", """),
        };
        var path = folder[$"fake{mode}.json"];
        File.WriteAllText(path, $$"""
            {
              "variables": { "script": "{{Path.Combine(AppContext.BaseDirectory, "Engines/Process/fake-program.sh")}}" },
              "gpus": ["3"],
              "programs": {
                {{string.Join(",\n", programs.Select(program => $$"""
                "{{program.Name}}": {
                  "serves": ["{{program.Family}}"],
                  "program": "bash",
                  "arguments": ["{script}", "{{program.Name}}", "{output}", "{prompt}", "{seed}", "{width}", "{height}",
                    "{frames}", "{fps}", {{program.More}} ["--not", "{negative_prompt}"]],
                  "environment": { "FAKE_MODE": "{{mode}}" }, "passEnvironment": ["PASSED_TESTED"],
                  "drawing": { "framesMultiple": 4, "sidesMultiple": {{(program.Name == "foley" ? 2 : 16)}}, "steps": 4,
                    "strip": ["<lora:[^>]*>"] },
                  "find": "output.*",
                  "stages": [
                    { "name": "prompt", "tasks": 1, "ends": "get_learned_condition completed" },
                    { "name": "steps", "progress": "\\|[=> ]{50}\\| (?<done>\\d+)/(?<total>\\d+) - [\\d.]+(s/it|it/s)",
                      "ends": " sampling completed" },
                    { "name": "decode", "tasks": 1, "ends": "decode_first_stage completed" }
                  ],
                  "faults": [{ "line": "No text encoders provided", "message": "The program has no text encoder." }],
                  "limits": { "start": 60, "idle": 60, "total": 600 }
                }
                """))}}
              }
            }
            """);
        return path;
    }

    private static Task<string> TextAsync(string path) => File.ReadAllTextAsync(path, TestContext.Current.CancellationToken);
}
