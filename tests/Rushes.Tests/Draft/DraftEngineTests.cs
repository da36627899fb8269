using System.Globalization;
using System.Text.Json;
using System.Text.RegularExpressions;
using Rushes.Catalog;
using Rushes.Draft;
using Rushes.Engines;
using Rushes.Jobs;
using Rushes.Media;
using Rushes.Tests.Conformance;
using Rushes.Tests.Engines;
using Xunit;

namespace Rushes.Tests.Draft;

public sealed partial class DraftEngineTests : EngineConformance
{
    protected override ValueTask<IEngine> StartAsync(CancellationToken cancel) => new(new DraftEngine());

    [Fact]
    public async Task A_draft_says_that_it_is_one_and_is_delivered_as_it_is()
    {
        using var folder = new TempFolder();
        var job = Job(ModelKind.TextToVideo);

        var path = await DrawAsync(job, folder);

        var facts = await VideoProbe.FindAsync(path, TestContext.Current.CancellationToken);
        Assert.Equal(FinalEncode.DraftComment, facts?.Tags["comment"]);
        Assert.Equal(
            new Finish.Ready(path),
            await FinalEncode.FinishAsync(path, ModelKind.TextToVideo, job.Plan, TestContext.Current.CancellationToken));
    }

    [Theory]
    [InlineData(ModelKind.TextToVideo)]
    [InlineData(ModelKind.ImageToVideo)]
    [InlineData(ModelKind.SoundToVideo)]
    [InlineData(ModelKind.VideoToVideo)]
    public async Task Every_frame_has_its_number_and_says_that_no_model_is_attached(ModelKind kind)
    {
        using var folder = new TempFolder();
        var job = Job(kind);
        await DrawAsync(job, folder);

        var script = await File.ReadAllTextAsync(folder[Shot.ScriptFile], TestContext.Current.CancellationToken);

        var (delivery, seed) = (job.Plan.Delivery, job.Input.Seed);
        Assert.Contains("Placeholder: no model is attached", script, StringComparison.Ordinal);
        for (var frame = 1; frame <= delivery.Frames; frame++)
            Assert.Contains(
                $"{delivery.Width} × {delivery.Height}   seed {seed}   frame {frame} / {delivery.Frames}\n", script,
                StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_larger_delivery_with_more_frames_is_drawn_in_one_pass()
    {
        using var folder = new TempFolder();
        var plan = new RenderPlan(new VideoFormat(96, 64, 9, 8), new VideoFormat(192, 128, 17, 16), Preset: "ultrafast");
        var job = Job(ModelKind.TextToVideo) with { Plan = plan };

        var facts = await VideoProbe.FindAsync(await DrawAsync(job, folder), TestContext.Current.CancellationToken);

        Assert.Equal((192, 128, 17, 16.0), (facts!.Width, facts.Height, facts.Frames, facts.Rate));
    }

    [Fact]
    public async Task Pictures_move_smoothly_from_frame_to_frame()
    {
        foreach (var kind in new[] { ModelKind.TextToVideo, ModelKind.ImageToVideo, ModelKind.SoundToVideo })
        {
            using var folder = new TempFolder();

            var frames = await SampleMedia.FramesOfAsync(await DrawAsync(Job(kind), folder));

            var hashes = frames.Split('\n')
                .Where(line => !line.StartsWith('#') && line.Length > 0)
                .Select(line => line.Split(',')[^1])
                .ToList();
            Assert.Equal(16, hashes.Count);
            Assert.Equal(16, hashes.Distinct().Count());
        }
    }

    [Fact]
    public async Task Foley_that_must_be_encoded_says_that_no_model_is_attached()
    {
        using var folder = new TempFolder();
        using var scratch = new TempFolder();
        var job = Job(ModelKind.Foley);
        job = job with { Files = new Dictionary<string, string> { ["data_uri"] = await SampleMedia.PictureAsync(folder) } };
        await DrawAsync(job, scratch);

        var script = await File.ReadAllTextAsync(scratch[Shot.ScriptFile], TestContext.Current.CancellationToken);

        Assert.Contains("Placeholder: no model is attached", script, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("0", true)]
    [InlineData("1", false)]
    public async Task Only_the_lower_face_moves_with_the_loudness(string level, bool still)
    {
        using var folder = new TempFolder();
        var picture = await SampleMedia.PictureAsync(folder, "portrait.png", 192, 256);
        var job = Job(ModelKind.SoundToVideo);

        // The upper half of the picture, and the middle of its lower half.
        foreach (var (part, unchanged) in new[] { ("iw:ih*0.5:0:0", true), ("iw*0.4:ih*0.3:iw*0.3:ih*0.65", still) })
        {
            var printed = await SampleMedia.MeasureAsync(
                "-i", picture, "-i", picture, "-filter_complex",
                $"{Mouth.Still(0, job, 1, level)},crop={part}[moving];"
                + $"{ImageShot.Still(1, job, 1)},crop={part}[still];[moving][still]psnr");
            Assert.Equal(unchanged, printed.Contains("PSNR y:inf", StringComparison.Ordinal));
        }
    }

    [Fact]
    public async Task Between_two_pictures_it_starts_on_the_first_and_ends_on_the_last()
    {
        using var folder = new TempFolder();
        using var scratch = new TempFolder();
        var first = await SampleMedia.PictureAsync(folder, "first.png");
        var last = await SampleMedia.PictureAsync(folder, "last.png", 120, 200, "smptebars");
        var job = Job(ModelKind.ImageToVideo);
        job = job with { Files = new Dictionary<string, string> { ["data_uri"] = first, ["second_image_uri"] = last } };

        var path = await DrawAsync(job, scratch);

        Assert.True(await LikenessAsync(path, 0, first) > 30);
        Assert.True(await LikenessAsync(path, 15, last) > 30);
        Assert.True(await LikenessAsync(path, 0, last) < 15);
    }

    [Fact]
    public async Task A_phone_s_picture_stands_upright()
    {
        using var folder = new TempFolder();
        using var scratch = new TempFolder();
        var upright = await SampleMedia.PictureAsync(folder, "upright.png", 112, 192);
        var lying = await SampleMedia.MakeAsync(folder, "lying.jpg", ["-i", upright, "-vf", "transpose=cclock", "-q:v", "2"]);
        await TurnAsync(lying);
        var plan = new RenderPlan(new VideoFormat(112, 192, 8, 8), new VideoFormat(112, 192, 8, 8), Preset: "ultrafast");
        var job = Job(ModelKind.ImageToVideo) with
        {
            Plan = plan, Files = new Dictionary<string, string> { ["data_uri"] = lying, ["second_image_uri"] = lying },
        };

        var path = await DrawAsync(job, scratch);

        Assert.True(await LikenessAsync(path, 0, upright) > 25);
    }

    [Fact]
    public async Task Foley_leaves_every_byte_of_the_picture_and_is_heard()
    {
        foreach (var music in new[] { false, true })
        {
            using var folder = new TempFolder();
            var job = Job(ModelKind.Foley);
            job = job with
            {
                Input = JobInput.Parse(JsonSerializer.Serialize(new { prompt = "steps", seed = 1, background_music = music })),
            };

            var path = await DrawAsync(job, folder);

            Assert.Equal(await SampleMedia.PacketsOfAsync(job.Files["data_uri"]), await SampleMedia.PacketsOfAsync(path));
            var levels = await SampleMedia.MeasureAsync("-i", path, "-vn", "-af", "volumedetect");
            Assert.InRange(Decibels("mean_volume", levels), -30, -12);
            Assert.InRange(Decibels("max_volume", levels), -25, -0.5);
        }
    }

    [Fact]
    public async Task Foley_sounds_the_same_for_the_same_seed_only()
    {
        var hashes = new List<string>();
        foreach (var seed in new[] { 1, 1, 2 })
        {
            using var folder = new TempFolder();
            var path = await DrawAsync(Job(ModelKind.Foley, seed: seed), folder);
            hashes.Add((await SampleMedia.MeasureAsync("-i", path, "-vn", "-af", "asetnsamples=48000,ashowinfo"))
                .Split('\n').First(line => line.Contains("checksum:", StringComparison.Ordinal)).Split("checksum:")[1]);
        }
        Assert.Equal(hashes[0], hashes[1]);
        Assert.NotEqual(hashes[0], hashes[2]);
    }

    [Fact]
    public async Task Foley_of_a_clip_in_another_codec_is_encoded_as_planned()
    {
        using var folder = new TempFolder();
        using var scratch = new TempFolder();
        var clip = await SampleMedia.ClipAsync(
            folder, "clip.webm", encoding: ["-c:v", "libvpx-vp9", "-deadline", "realtime", "-cpu-used", "8", "-c:a", "libopus"]);
        var job = Job(ModelKind.Foley) with { Files = new Dictionary<string, string> { ["data_uri"] = clip } };

        var facts = await VideoProbe.FindAsync(await DrawAsync(job, scratch), TestContext.Current.CancellationToken);

        Assert.Equal(("h264", 16, "aac"), (facts!.Codec, facts.Frames, facts.SoundCodec));
        Assert.Equal(1, facts.SoundSeconds, 0.03);
    }

    [Fact]
    public async Task Foley_of_a_picture_is_a_still_with_sound()
    {
        using var folder = new TempFolder();
        using var scratch = new TempFolder();
        var job = Job(ModelKind.Foley) with
        {
            Files = new Dictionary<string, string> { ["data_uri"] = await SampleMedia.PictureAsync(folder) },
        };

        var facts = await VideoProbe.FindAsync(await DrawAsync(job, scratch), TestContext.Current.CancellationToken);

        Assert.Equal((16, "aac"), (facts!.Frames, facts.SoundCodec));
    }

    [Theory]
    [InlineData(ModelKind.ImageToVideo, "data_uri")]
    [InlineData(ModelKind.SoundToVideo, "audio_uri")]
    [InlineData(ModelKind.Foley, "data_uri")]
    public async Task A_file_that_cannot_be_decoded_fails_for_good(ModelKind kind, string field)
    {
        using var folder = new TempFolder();
        await File.WriteAllBytesAsync(folder["broken"], [0x89, 0x50, 0x4E, 0x47, 1, 2, 3], TestContext.Current.CancellationToken);
        var job = Job(kind);
        job = job with { Files = new Dictionary<string, string>(job.Files) { [field] = folder["broken"] } };

        var last = await new DraftEngine().RunAsync(
            job, folder.Path, TestContext.Current.CancellationToken).LastAsync(TestContext.Current.CancellationToken);

        var failed = Assert.IsType<EngineEvent.Failed>(last);
        Assert.Equal(Blame.Job, failed.Blame);
        Assert.Equal("engine_failed", failed.Error.Code);
        Assert.DoesNotContain(folder.Path, failed.Error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_playlist_in_place_of_a_picture_is_not_followed()
    {
        using var folder = new TempFolder();
        var other = await SampleMedia.ClipAsync(folder);
        await File.WriteAllTextAsync(
            folder["list"], $"ffconcat version 1.0\nfile '{other}'\n", TestContext.Current.CancellationToken);
        var job = Job(ModelKind.Foley) with { Files = new Dictionary<string, string> { ["data_uri"] = folder["list"] } };

        var last = await new DraftEngine().RunAsync(
            job, folder.Path, TestContext.Current.CancellationToken).LastAsync(TestContext.Current.CancellationToken);

        Assert.Equal(Blame.Job, Assert.IsType<EngineEvent.Failed>(last).Blame);
    }

    private async Task<string> DrawAsync(EngineJob job, TempFolder scratch)
    {
        var last = await Engine.RunAsync(job, scratch.Path, TestContext.Current.CancellationToken).LastAsync(
            TestContext.Current.CancellationToken);
        return Assert.IsType<EngineEvent.Output>(last).Path;
    }

    /// <summary>
    /// Signal over difference in decibels, of a frame's brightness and a picture's brought to its size, over the lower two
    /// thirds.
    /// </summary>
    private static async Task<double> LikenessAsync(string video, int frame, string picture)
    {
        var facts = await VideoProbe.FindAsync(video, TestContext.Current.CancellationToken);
        var printed = await SampleMedia.MeasureAsync("-i", video, "-i", picture, "-filter_complex",
            $"[0:v]select='eq(n,{frame})',setpts=0,crop=iw:ih*2/3:0:ih/3[a];"
            + $"[1:v]{FinalEncode.Cover(facts!.Width, facts.Height)},format=yuv420p,setpts=0,crop=iw:ih*2/3:0:ih/3[b];"
            + "[a][b]psnr");
        return double.Parse(Similarity().Match(printed).Groups[1].Value, CultureInfo.InvariantCulture);
    }

    private static double Decibels(string name, string printed) =>
        double.Parse(Regex.Match(printed, name + @": (-?[\d.]+) dB").Groups[1].Value, CultureInfo.InvariantCulture);

    /// <summary>Puts an Exif note into a JPEG that says: turn me a quarter to the right.</summary>
    private static async Task TurnAsync(string jpeg)
    {
        var bytes = await File.ReadAllBytesAsync(jpeg);
        byte[] note =
        [
            0xFF, 0xE1, 0, 34, (byte)'E', (byte)'x', (byte)'i', (byte)'f', 0, 0, (byte)'I', (byte)'I', 42, 0, 8, 0, 0, 0,
            1, 0, 0x12, 0x01, 3, 0, 1, 0, 0, 0, 6, 0, 0, 0, 0, 0, 0, 0,
        ];
        await File.WriteAllBytesAsync(jpeg, [.. bytes[..2], .. note, .. bytes[2..]]);
    }

    [GeneratedRegex(@"PSNR y:([\d.]+)")]
    private static partial Regex Similarity();
}
