using Rushes.Catalog;
using Rushes.Jobs;

namespace Rushes.Engines;

/// <summary>How a request field affects the videos of an engine.</summary>
public enum FieldEffect
{
    Full,

    /// <summary>Only together with <c>higher_quality_with_more_steps</c>.</summary>
    WithMoreSteps,

    None,
}

/// <summary>
/// The documented fields that only an engine can apply. All others change the plan or the file of the video, regardless of
/// the engine.
/// </summary>
public static class EngineFields
{
    public const string MoreSteps = JobInput.MoreSteps, Music = "background_music",
        LastImage = "second_image_uri", Reference = "reference_image_1_uri", SecondReference = "reference_image_2_uri",
        Steps = JobInput.Steps;

    /// <summary>Pictures, clips and sounds that only some families have.</summary>
    public static IReadOnlyList<string> References { get; } =
    [
        Reference, SecondReference, "reference_image_3_uri", "reference_image_4_uri", "reference_clip_uri", "reference_audio_uri",
        "second_audio_uri", "mask_clip_uri",
    ];

    private static readonly string[] OfEveryKind = ["prompt", "negative_prompt", "seed", MoreSteps, Steps, "guidance_scale"];

    private static readonly string[] OfWan =
        [.. OfEveryKind, "guidance_scale_2", "shift", "acceleration", "enable_prompt_expansion"];

    private static readonly string[] OfLoras = [Lora.NameField, Lora.StrengthField];

    /// <summary>The fields of every model.</summary>
    public static IReadOnlyList<string> All { get; } =
        [.. Enum.GetValues<ModelKind>().SelectMany(Of).Concat(References).Concat(OfLoras).Distinct()];

    public static IReadOnlyList<string> Of(Model model) =>
    [
        .. Of(model.Kind),
        .. model.Family.Parameters.Select(parameter => parameter.Canonical)
            .Where(References.Contains),
        .. model.Family.Loras.Count == 0 ? [] : OfLoras,
    ];

    private static IReadOnlyList<string> Of(ModelKind kind) => kind switch
    {
        ModelKind.ImageToVideo => [.. OfWan, LastImage],
        ModelKind.Foley => [.. OfEveryKind, Music],
        ModelKind.Upscale => OfEveryKind,
        _ => OfWan,
    };
}
