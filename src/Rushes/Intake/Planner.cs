using System.Text.Json;
using Rushes.Catalog;
using Rushes.Jobs;
using Rushes.Media;

namespace Rushes.Intake;

/// <summary>Decides what will be made: size, frames and the run time to expect. The rules are those of docs/api/queue.md.</summary>
internal sealed class Planner(CatalogLimits limits)
{
    public Planned Plan(Model model, JsonElement fields, IReadOnlyDictionary<string, MediaFacts> media) => model.Kind switch
    {
        ModelKind.TextToVideo => TextToVideo(model.Family, fields),
        ModelKind.ImageToVideo => ImageToVideo(model.Family, fields, media["data_uri"]),
        ModelKind.SoundToVideo => SoundToVideo(model.Family, fields, media["data_uri"], media["audio_uri"]),
        _ => Foley(model.Family, fields, media["data_uri"]),
    };

    private static Planned TextToVideo(Family family, JsonElement fields)
    {
        var width = FieldRules.Number(family, fields, "width");
        var height = FieldRules.Number(family, fields, "height");
        var found = family.Sizes.Where(size => (width is null || size.Width == width) && (height is null || size.Height == height)).ToArray();
        if (found.Length == 0)
        {
            var sent = (width, height) switch { ({ } w, { } h) => $"{w}x{h}", ({ } w, null) => $"{w} wide", _ => $"{height} high" };
            return Refuse(width is null ? "height" : "width", $"asks for {sent}; send one of {string.Join(", ", family.Sizes)}");
        }
        var size = found[0];
        return Timed(family, fields, size, family.HeightClass(size.Shorter));
    }

    private Planned ImageToVideo(Family family, JsonElement fields, MediaFacts picture)
    {
        var (problem, size, lines) = SizeFrom(family, fields, picture);
        return problem ?? Timed(family, fields, size, lines);
    }

    private Planned SoundToVideo(Family family, JsonElement fields, MediaFacts picture, MediaFacts sound)
    {
        var (problem, size, lines) = SizeFrom(family, fields, picture);
        if (problem is not null) return problem;
        var asked = FieldRules.Number(family, fields, "duration") ?? family.MaxSeconds[lines];
        var seconds = Math.Min(Math.Min(asked, sound.Seconds), family.MaxSeconds[lines]);
        var frames = Math.Max(1, (int)Math.Floor(seconds * family.FramesPerSecond + 1e-6));
        return Ready(family, fields, new VideoFormat(size.Width, size.Height, frames, family.FramesPerSecond), lines);
    }

    private Planned Foley(Family family, JsonElement fields, MediaFacts clip)
    {
        if (clip.Type.Kind == MediaKind.Picture) return ImageToVideo(family, fields, clip);
        var lines = family.HeightClass(Math.Min(clip.Width, clip.Height));
        if (clip.Seconds > family.MaxSeconds[lines])
            return Refuse("data_uri", $"is {clip.Seconds:0.#} seconds long; at most {family.MaxSeconds[lines]:0.#} are allowed");
        return Ready(family, fields, new VideoFormat(clip.Width, clip.Height, Math.Max(1, clip.Frames), clip.Rate), lines);
    }

    /// <summary>The size for a given picture, and the height class it was asked in.</summary>
    private (Planned? Problem, Size Size, int Lines) SizeFrom(Family family, JsonElement fields, MediaFacts picture)
    {
        int lines;
        if (FieldRules.Number(family, fields, "height") is { } height)
        {
            if (!family.Heights.Contains((int)height))
                return (Refuse("height", $"is {height}; send {string.Join(" or ", family.Heights)}"), default, 0);
            lines = (int)height;
        }
        else
        {
            var floor = FieldRules.Number(family, fields, "min_height") ?? family.Heights[0];
            lines = family.Heights.FirstOrDefault(known => known >= floor);
            if (lines == 0) return (Refuse("min_height", $"is {floor}; at most {family.Heights[^1]} is allowed"), default, 0);
        }

        var given = new Size(picture.Width, picture.Height);
        var size = FieldRules.Flag(fields, "use_best_resolution") ? FrameGeometry.AtShorterSide(given, lines) : FrameGeometry.AtHeight(given, lines);
        return size.Shorter >= limits.ShortestSide && Math.Max(size.Width, size.Height) <= limits.LongestSide
            ? (null, size, lines)
            : (Refuse("data_uri", $"is {given}, which makes a video of {size}; sides must be {limits.ShortestSide} to {limits.LongestSide} pixels"), default, 0);
    }

    private static Planned Timed(Family family, JsonElement fields, Size size, int lines)
    {
        var seconds = FieldRules.Number(family, fields, "duration") ?? 5;
        if (seconds > family.MaxSeconds[lines])
            return Refuse("duration", $"is {seconds:0.##}; at {size} at most {family.MaxSeconds[lines]:0.##} seconds are allowed");
        var frames = Math.Max(1, (int)Math.Round(seconds * family.FramesPerSecond));
        return Ready(family, fields, new VideoFormat(size.Width, size.Height, frames, family.FramesPerSecond), lines);
    }

    private static Planned Ready(Family family, JsonElement fields, VideoFormat render, int lines)
    {
        var delivery = render;
        if (FieldRules.TryGet(fields, "new_resolution", out var value) && Parameter.ResolutionOf(value) is { } shorter)
        {
            var size = FrameGeometry.Scaled(new Size(render.Width, render.Height), shorter);
            delivery = render with { Width = size.Width, Height = size.Height };
        }
        var work = family.RunSeconds[family.HeightClass(lines)] * render.Seconds / 5
            * (FieldRules.Flag(fields, "higher_quality_with_more_steps") ? family.HigherQualityTimes : 1);
        return new Planned.Ready(new RenderPlan(render, delivery), (int)Math.Clamp(work * 1000, 1, int.MaxValue));
    }

    private static Planned Refuse(string field, string reason) => new Planned.Refused(Problem.BadField(field, reason));
}

internal abstract record Planned
{
    private Planned() { }

    /// <param name="Work">Milliseconds the catalog expects the run to take.</param>
    public sealed record Ready(RenderPlan Plan, int Work) : Planned;

    public sealed record Refused(Problem Problem) : Planned;
}
