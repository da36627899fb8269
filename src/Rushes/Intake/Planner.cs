using System.Text.Json;
using Rushes.Accounts;
using Rushes.Catalog;
using Rushes.Jobs;
using Rushes.Media;

namespace Rushes.Intake;

/// <summary>Calculates size, frames and expected run time of a video. docs/api describes the rules.</summary>
internal sealed class Planner(CatalogLimits limits)
{
    /// <summary>Seconds; shorter sounds contain no speech or music.</summary>
    private const double ShortestSound = 0.1;

    /// <summary>The length of requests without one, if the catalog has no default.</summary>
    private const double DefaultSeconds = 5;

    /// <param name="media">By canonical field name.</param>
    /// <param name="upscaler">The upscaler of the model, if a worker can use it after the model now.</param>
    public Planned Plan(
        Family family, RequestFields fields, IReadOnlyDictionary<string, MediaFacts> media, Family? upscaler = null) =>
        PlanOf(family, fields, media) switch
        {
            Planned.Ready ready when upscaler is not null && ready.Plan.Suits(upscaler) => Enlarged(ready, family, upscaler),
            var planned => planned,
        };

    private Planned PlanOf(Family family, RequestFields fields, IReadOnlyDictionary<string, MediaFacts> media)
    {
        if (CheckLora(family, fields) is { } wrongLora) return new Planned.Rejected(wrongLora);
        var sizing = new Sizing(family, fields, limits);
        return family.Kind switch
        {
            ModelKind.TextToVideo => Timed(family, fields, sizing.ForText()),
            ModelKind.ImageToVideo => Timed(family, fields, sizing.ForInput(media["data_uri"])),
            ModelKind.VideoToVideo => VideoToVideo(family, fields, sizing.ForInput(media["data_uri"]), media["data_uri"]),
            ModelKind.VideoExtend => Extend(family, fields, sizing.ForInput(media["data_uri"]), media["data_uri"]),
            ModelKind.Upscale => Upscale(family, fields, sizing.ForUpscale(media["data_uri"]), media["data_uri"]),
            ModelKind.SoundToVideo => SoundToVideo(family, fields, sizing.ForInput(media["data_uri"]), media["audio_uri"]),
            _ when media["data_uri"].Type.Kind == MediaKind.Picture =>
                Timed(family, fields, sizing.ForInput(media["data_uri"])),
            _ => Foley(family, fields, media["data_uri"]),
        };
    }

    /// <summary>Each LoRA has its own range of strength, within that of the field.</summary>
    private static Problem? CheckLora(Family family, RequestFields fields)
    {
        if (fields.EngineField(Lora.StrengthField) is not { ValueKind: JsonValueKind.Number } strength || family.Loras.Count == 0)
            return null;
        if (LoraOf(family, fields) is not { } lora)
            return Problem.BadField(fields.NameOf(Lora.StrengthField), $"needs {fields.NameOf(Lora.NameField)}");
        return strength.GetDouble() < lora.MinStrength || strength.GetDouble() > lora.MaxStrength
            ? Problem.BadField(
                fields.NameOf(Lora.StrengthField),
                $"is {strength.GetRawText()}; {lora.Name} allows {lora.MinStrength:0.###} to {lora.MaxStrength:0.###}")
            : null;
    }

    private static Lora? LoraOf(Family family, RequestFields fields) =>
        fields.EngineField(Lora.NameField) is { ValueKind: JsonValueKind.String } name
            ? family.Loras.GetValueOrDefault(name.GetString()!)
            : null;

    /// <summary>The requested length.</summary>
    private static Planned Timed(Family family, RequestFields fields, Sized sized)
    {
        if (sized.Problem is { } problem) return new Planned.Rejected(problem);
        if (ExactFrames(family, fields, sized) is { } exact) return exact;
        var seconds = fields.Number("duration") ?? DefaultSeconds;
        var longest = family.MaxSeconds[family.HeightClass(sized.Resolution)];
        if (seconds > longest)
            return Reject(
                fields, "duration", $"is {seconds:0.######}; at {sized.Size} at most {longest:0.##} seconds are allowed");
        return Ready(
            family, fields, sized, Math.Max(1, (int)Math.Round(seconds * family.FramesPerSecond)), family.FramesPerSecond);
    }

    /// <summary>The length of the sound, the requested duration or the maximum, whichever is shortest.</summary>
    private static Planned SoundToVideo(Family family, RequestFields fields, Sized sized, MediaFacts sound)
    {
        if (sized.Problem is { } problem) return new Planned.Rejected(problem);
        if (sound.Seconds < ShortestSound)
            return Reject(fields, "audio_uri", $"is {sound.Seconds:0.####} seconds long; at least {ShortestSound} are needed");
        if (ExactFrames(family, fields, sized) is { } exact) return exact;
        var longest = family.MaxSeconds[family.HeightClass(sized.Resolution)];
        var seconds = Math.Min(Math.Min(fields.Number("duration") ?? longest, sound.Seconds), longest);
        return Ready(
            family, fields, sized, Math.Max(1, (int)Math.Floor(seconds * family.FramesPerSecond + 1e-6)), family.FramesPerSecond);
    }

    /// <summary>The length of the clip, or of its start.</summary>
    private static Planned VideoToVideo(Family family, RequestFields fields, Sized sized, MediaFacts clip) =>
        sized.Problem is { } problem
            ? new Planned.Rejected(problem)
            : Follow(family, fields, sized, clip, family.FramesPerSecond);

    /// <summary>The clip's own frames at its own rate.</summary>
    private static Planned Upscale(Family family, RequestFields fields, Sized sized, MediaFacts clip) =>
        sized.Problem is { } problem ? new Planned.Rejected(problem) : Follow(family, fields, sized, clip, clip.Rate);

    private static Planned Follow(Family family, RequestFields fields, Sized sized, MediaFacts clip, double rate)
    {
        if (TooLong(family, fields, sized, clip, clip.Seconds) is { } rejected) return rejected;
        var seconds = Math.Min(clip.Seconds, fields.Number("duration") ?? clip.Seconds);
        var frames = Math.Max(1, (int)Math.Floor(seconds * rate + 1e-6));
        if (fields.Number("num_frames") is { } most) frames = (int)Math.Clamp(most, 1, frames);
        return Ready(family, fields, sized, frames, fields.Number("frames_per_second") ?? rate);
    }

    /// <summary>The clip, and then the requested length or number of frames.</summary>
    private static Planned Extend(Family family, RequestFields fields, Sized sized, MediaFacts clip)
    {
        if (sized.Problem is { } problem) return new Planned.Rejected(problem);
        var rate = family.FramesPerSecond;
        var added = (int)(fields.Number("num_frames") ?? Math.Round((fields.Number("duration") ?? DefaultSeconds) * rate));
        added = Math.Max(1, added);
        if (TooLong(family, fields, sized, clip, clip.Seconds + (double)added / rate) is { } rejected) return rejected;
        var kept = Math.Max(1, (int)Math.Floor(clip.Seconds * rate + 1e-6));
        return Ready(
            family, fields, sized, kept + added, fields.Number("frames_per_second") ?? rate, (double)added / rate, kept);
    }

    /// <param name="seconds">The length of the result.</param>
    private static Planned? TooLong(Family family, RequestFields fields, Sized sized, MediaFacts clip, double seconds)
    {
        var longest = family.MaxSeconds[family.HeightClass(sized.Resolution)];
        if (seconds <= longest + 1e-6) return null;
        return family.Kind == ModelKind.VideoExtend
            ? Reject(
                fields, "duration",
                $"and the clip of {clip.Seconds:0.##} seconds make {seconds:0.##}; at {sized.Size} at most {longest:0.##} "
                    + "seconds are allowed")
            : Reject(fields, "data_uri", $"is {seconds:0.##} seconds long; at {sized.Size} at most {longest:0.##} are allowed");
    }

    /// <summary>The clip's own size and length.</summary>
    private static Planned Foley(Family family, RequestFields fields, MediaFacts clip)
    {
        var size = new Size(clip.Width, clip.Height);
        var longest = family.MaxSeconds[family.HeightClass(size.Shorter)];
        if (clip.Seconds > longest)
            return Reject(fields, "data_uri", $"is {clip.Seconds:0.#} seconds long; at most {longest:0.#} are allowed");
        // The engine adds sound to the whole length, regardless of the clip's frame rate.
        var seconds = Math.Max(clip.Seconds, clip.Frames / clip.Rate);
        return Ready(family, fields, new Sized(size, size.Shorter), Math.Max(1, clip.Frames), clip.Rate, seconds);
    }

    /// <summary>If the dialect counts frames, their number is exact.</summary>
    private static Planned? ExactFrames(Family family, RequestFields fields, Sized sized) =>
        fields.Number("num_frames") is { } frames
            ? Ready(family, fields, sized, (int)frames, fields.Number("frames_per_second") ?? family.FramesPerSecond)
            : null;

    /// <param name="seconds">The rendered length in seconds, for run time and price; by default the frames at the model's own
    /// rate.</param>
    private static Planned Ready(
        Family family, RequestFields fields, Sized sized, int frames, double rate, double? seconds = null, int kept = 0)
    {
        var render = new VideoFormat(sized.Size.Width, sized.Size.Height, frames, rate);
        var renderedSeconds = seconds ?? frames / (double)family.FramesPerSecond;
        var effort = Effort.Of(family, fields);
        var work = family.RunTime(sized.Resolution, renderedSeconds) * effort.Time;
        var (quality, mode) = (fields.Text("video_quality"), fields.Text("video_write_mode"));
        var plan = new RenderPlan(
            render, Delivered(render, fields), Crf(quality), Preset(mode), AlwaysEncode: quality is not null || mode is not null,
            Sound: family.Sound ? fields.EngineField(Family.SoundField) is not { ValueKind: JsonValueKind.False } : null,
            Kept: kept);
        return new Planned.Ready(
            plan, (int)Math.Clamp(work * 1000, 1, int.MaxValue), renderedSeconds,
            Price.Of(
                family, sized.Resolution, renderedSeconds, Between(fields),
                effort.Price * (LoraOf(family, fields)?.PriceFactor ?? 1)));
    }

    /// <summary>The upscaler's run comes after the model's, before frames are interpolated.</summary>
    private static Planned.Ready Enlarged(Planned.Ready ready, Family family, Family upscaler)
    {
        var resolution = ready.Plan.DeliveredResolution;
        var price = Price.OfUpscale(family, resolution, ready.Seconds);
        var seconds = (double)ready.Plan.Render.Frames / upscaler.FramesPerSecond;
        var work = upscaler.RunTime(resolution, seconds) * 1000;
        return ready with
        {
            Plan = ready.Plan with { PaidUpscale = price > 0 },
            Work = (int)Math.Clamp(ready.Work + work, 1, int.MaxValue),
            Cost = ready.Cost + price,
        };
    }

    /// <summary>Frames interpolated between two rendered ones.</summary>
    private static int Between(RequestFields fields) =>
        fields.Text("interpolator_model") == "none" ? 0 : (int)Math.Max(0, fields.Number("num_interpolated_frames") ?? 0);

    private static VideoFormat Delivered(VideoFormat render, RequestFields fields)
    {
        if (Between(fields) is var between and > 0)
        {
            var faster = fields.Find("adjust_fps_for_interpolation") is not { ValueKind: JsonValueKind.False };
            render = render with
            {
                Frames = (render.Frames - 1) * (between + 1) + 1,
                Rate = faster ? render.Rate * (between + 1) : render.Rate,
            };
        }
        if (fields.Find("new_resolution") is not { } wish || Parameter.ResolutionOf(wish) is not { } shorter) return render;
        var size = FrameGeometry.Scaled(new Size(render.Width, render.Height), shorter);
        return render with { Width = size.Width, Height = size.Height };
    }

    private static int Crf(string? quality) => quality switch { "low" => 30, "medium" => 25, "maximum" => 14, _ => 20 };

    private static string? Preset(string? mode) => mode switch
    {
        "fast" => "ultrafast", "balanced" => "medium", "small" => "veryslow", _ => null,
    };

    private static Planned Reject(RequestFields fields, string canonical, string reason) =>
        new Planned.Rejected(Problem.BadField(fields.NameOf(canonical), reason));
}

internal abstract record Planned
{
    private Planned() { }

    /// <param name="Work">Expected run time according to the catalog, in milliseconds.</param>
    /// <param name="Seconds">The rendered length in seconds at the model's own frame rate.</param>
    /// <param name="Cost">The price for an account that pays, in millionths.</param>
    public sealed record Ready(RenderPlan Plan, int Work, double Seconds, long Cost) : Planned;

    public sealed record Rejected(Problem Problem) : Planned;
}
