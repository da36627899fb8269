using Rushes.Catalog;
using Rushes.Media;

namespace Rushes.Intake;

/// <summary>The size of a video, from the request and its input image.</summary>
internal sealed class Sizing(Family family, RequestFields fields, CatalogLimits limits)
{
    public Sized ForText()
    {
        if (Rounded() is { } named)
            return new Sized(FrameGeometry.OfAspect(Aspect(fields.Text("aspect_ratio")), named), named);

        var width = fields.Number("width");
        var height = fields.Number("height");
        foreach (var size in family.Sizes)
            if ((width ?? size.Width) == size.Width && (height ?? size.Height) == size.Height)
                return new Sized(size, size.Shorter);

        var sent = (width, height) switch { ({ } w, { } h) => $"{w}x{h}", ({ } w, null) => $"{w} wide", _ => $"{height} high" };
        return Reject(width is null ? "height" : "width", $"asks for {sent}; send one of {string.Join(", ", family.Sizes)}");
    }

    public Sized ForInput(MediaFacts picture)
    {
        var given = new Size(picture.Width, picture.Height);
        if (Rounded() is { } named)
            return new Sized(
                FrameGeometry.OfAspect(Aspect(fields.Text("aspect_ratio")) ?? FrameGeometry.NearestAspect(given), named), named);

        if (Height() is not { } resolution) return HeightProblem();
        var size = fields.Flag("use_best_resolution")
            ? FrameGeometry.AtShorterSide(given, resolution)
            : FrameGeometry.AtHeight(given, resolution);
        return size.Shorter >= limits.MinSide && Math.Max(size.Width, size.Height) <= limits.MaxSide
            ? new Sized(size, resolution)
            : Reject(
                "data_uri",
                $"is {given}, which makes a video of {size}; sides must be {limits.MinSide} to {limits.MaxSide} pixels");
    }

    /// <summary>The clip's shape with the requested shorter side.</summary>
    public Sized ForUpscale(MediaFacts clip)
    {
        if (Rounded() is not null) return ForInput(clip);
        var given = new Size(clip.Width, clip.Height);
        var shorter = (fields.Find("new_resolution") is { } wish ? Parameter.ResolutionOf(wish) : null)
            ?? family.RunSeconds.Keys.Max();
        return shorter < given.Shorter
            ? Reject("new_resolution", $"is {shorter}, but the clip is {given}; send {given.Shorter} or more")
            : new Sized(FrameGeometry.Scaled(given, shorter), shorter);
    }

    /// <summary>The height of a resolution, rounded to a multiple that the model renders: <c>580p</c> is 576.</summary>
    private int? Rounded() => Resolution.Parse(fields.Text("resolution")) is { } resolution
        ? Math.Max(1, resolution / family.SideStep) * family.SideStep
        : null;

    /// <summary>The requested height, or the smallest that is large enough; null if there is none.</summary>
    private int? Height()
    {
        if (fields.Number("height") is { } height) return family.Heights.Contains((int)height) ? (int)height : null;
        var floor = fields.Number("min_height") ?? family.Heights[0];
        return family.Heights.FirstOrDefault(known => known >= floor) is var found and > 0 ? found : null;
    }

    private Sized HeightProblem() => fields.Number("height") is { } height
        ? Reject("height", $"is {height}; send {string.Join(" or ", family.Heights)}")
        : Reject("min_height", $"is {fields.Number("min_height")}; at most {family.Heights[^1]} is allowed");

    /// <summary>Parses <c>16:9</c>; null for none or <c>auto</c>.</summary>
    private static Size? Aspect(string? text) =>
        text is not null && Size.Parse(text.Replace(':', 'x')) is { } aspect ? aspect : null;

    private Sized Reject(string canonical, string reason) => new(default, 0, Problem.BadField(fields.NameOf(canonical), reason));
}

/// <param name="Resolution">The requested resolution, which determines limits, run time and price.</param>
internal readonly record struct Sized(Size Size, int Resolution, Problem? Problem = null);
