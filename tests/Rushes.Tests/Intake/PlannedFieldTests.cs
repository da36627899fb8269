using System.Text.Json;
using System.Text.Json.Nodes;
using Rushes.Catalog;
using Rushes.Engines;
using Rushes.Intake;
using Rushes.Jobs;
using Rushes.Media;
using Xunit;

namespace Rushes.Tests.Intake;

/// <summary>Each field that no engine carries out is planned with two values: the plans differ.</summary>
public sealed class PlannedFieldTests
{
    private static readonly Dictionary<string, (JsonNode One, JsonNode Other)> Values = new()
    {
        ["duration"] = (2, 4),
        ["width"] = (832, 1280),
        ["height"] = (480, 720),
        ["min_height"] = (300, 600),
        ["resolution"] = ("480p", "720p"),
        ["aspect_ratio"] = ("16:9", "1:1"),
        ["use_best_resolution"] = (false, true),
        ["new_resolution"] = (480, 960),
        ["num_frames"] = (40, 44),
        ["frames_per_second"] = (12, 24),
        ["num_interpolated_frames"] = (1, 2),
        ["adjust_fps_for_interpolation"] = (false, true),
        ["interpolator_model"] = ("none", "film"),
        ["video_quality"] = ("low", "high"),
        [Family.SoundField] = (true, false),
        ["video_write_mode"] = ("fast", "small"),
    };

    /// <summary>Inputs, and what decides about the job instead of the video.</summary>
    private static readonly HashSet<string> NotOfTheVideo =
        ["data_uri", "audio_uri", "priority", "enable_safety_checker"];

    private readonly ModelCatalog catalog = CatalogReader.Read();

    [Fact]
    public void Every_field_changes_the_plan_or_is_carried_out_by_an_engine()
    {
        var lists = catalog.Models.Select(model => (model.Id, Model: model, model.Family.Parameters))
            .Concat(catalog.Listings.Select(listing => ($"{listing.Dialect} {listing.Id}", listing.Model, listing.Parameters)));
        foreach (var (name, model, parameters) in lists)
            foreach (var parameter in parameters)
            {
                var field = parameter.Canonical;
                if (NotOfTheVideo.Contains(field) || EngineFields.Of(model).Contains(field)) continue;
                // Text to video has exact sizes, and the field's description says that it has no effect.
                if (field == "use_best_resolution" && model.Kind == ModelKind.TextToVideo) continue;
                var (one, other) = (PlanOf(model, parameters, field, 0), PlanOf(model, parameters, field, 1));
                Assert.True(one != other, $"{name}: {field} changes nothing about the plan");
            }
    }

    [Fact]
    public void Quality_and_preset_are_always_applied_where_the_API_has_them()
    {
        var pixazo = catalog.Find("pixazo", "wan2.2-s2v")!;
        Assert.True(PlanOf(pixazo.Model, pixazo.Parameters, "duration", 0).AlwaysEncode);
        Assert.False(PlanOf(pixazo.Model, pixazo.Model.Family.Parameters, "duration", 0).AlwaysEncode);
    }

    /// <summary>A clip that plays faster has as many frames to draw.</summary>
    [Fact]
    public void The_price_of_a_larger_clip_follows_its_frames()
    {
        var family = catalog.Find("seedvr2")!.Family;
        Assert.Equal(6 * CostAt(30, 300), CostAt(60, 1800));
        Assert.Equal(CostAt(30, 300), CostAt(60, 300));

        long CostAt(double rate, int frames)
        {
            using var body = JsonDocument.Parse("{}");
            var clip = new MediaFacts(MediaType.Mp4, 640, 480, frames / rate, rate, frames, HasSound: false, IsVisual: true);
            var planned = new Planner(catalog.Limits).Plan(
                family, new RequestFields(body.RootElement, family.Parameters, family.Parameters),
                new Dictionary<string, MediaFacts> { ["data_uri"] = clip });
            return Assert.IsType<Planned.Ready>(planned).Cost;
        }
    }

    /// <summary>Sizes and heights that the family makes.</summary>
    private static JsonNode ValueOf(Family family, string field, int which) => field switch
    {
        "width" => family.Sizes.Select(size => size.Width).Distinct().ElementAt(which),
        "height" when family.Sizes.Count > 0 => family.Sizes.Select(size => size.Height).Distinct().ElementAt(which),
        "height" => family.Heights[which],
        _ => (which == 0 ? Values[field].One : Values[field].Other).DeepClone(),
    };

    private RenderPlan PlanOf(Model model, IReadOnlyList<Parameter> parameters, string field, int which)
    {
        var input = new JsonObject();
        var name = parameters.FirstOrDefault(parameter => parameter.Canonical == field)?.Name;
        if (name is not null) input[name] = ValueOf(model.Family, field, which);
        // It needs frames in between.
        if (field is "adjust_fps_for_interpolation") input["num_interpolated_frames"] = 2;
        // It needs a resolution.
        if (field is "aspect_ratio" && parameters.Any(parameter => parameter.Name == "resolution")) input["resolution"] = "480p";
        // It needs a number of frames.
        if (field is "frames_per_second" && parameters.Any(parameter => parameter.Name == "num_frames")) input["num_frames"] = 80;
        using var body = JsonDocument.Parse(input.ToJsonString());
        var picture = new MediaFacts(MediaType.Png, 270, 480, 0, 0, 0, HasSound: false, IsVisual: true);
        var clip = new MediaFacts(MediaType.Mp4, 270, 480, 4.5, 24, 108, HasSound: true, IsVisual: true);
        var media = new Dictionary<string, MediaFacts>
        {
            ["data_uri"] = model.Kind.NeedsClip ? clip : picture, ["audio_uri"] = picture with { Seconds = 20 },
        };
        var fields = new RequestFields(body.RootElement, parameters, model.Family.Parameters);
        return Assert.IsType<Planned.Ready>(new Planner(catalog.Limits).Plan(model.Family, fields, media)).Plan;
    }
}
