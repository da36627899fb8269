using System.Text.Json.Serialization;
using Rushes.Catalog;

namespace Rushes.Jobs;

/// <summary>Frame size in pixels, length in frames, rate in frames per second.</summary>
public sealed record VideoFormat(int Width, int Height, int Frames, double Rate)
{
    public double Seconds => Frames / Rate;

    /// <summary>Pixels per frame.</summary>
    public long Pixels => (long)Width * Height;
}

/// <summary>
/// How to make the video, decided when the job was created: <see cref="Render"/> is what the engine renders, <see
/// cref="Delivery"/> is the format of the result (larger after <c>new_resolution</c>, more frames after interpolation).
/// </summary>
/// <param name="Crf">x264 quality, 0 (lossless) to 51.</param>
/// <param name="Preset">x264 preset, such as <c>medium</c>; null if the request names none.</param>
/// <param name="AlwaysEncode">The request's API has fields for quality and preset: the video is encoded with them even if the
/// engine's file already has the right form.</param>
/// <param name="Sound">True: the result must have sound. False: it has none, whatever the engine makes. Null: it depends on the
/// kind of the model.</param>
/// <param name="Kept">How many of the rendered frames are those of the clip that the video continues.</param>
/// <param name="PaidUpscale">The price contains the model that makes the result larger, so ffmpeg must not do it instead.</param>
public sealed record RenderPlan(
    VideoFormat Render, VideoFormat Delivery, int Crf = 20, string? Preset = null, bool AlwaysEncode = false,
    bool? Sound = null, int Kept = 0, bool PaidUpscale = false)
{
    /// <summary>Whether a result without sound is a failure.</summary>
    public bool NeedsSound(ModelKind? kind) => Sound ?? kind is ModelKind.SoundToVideo or ModelKind.Foley;

    /// <summary>Whether the delivered size differs from the drawn one.</summary>
    [JsonIgnore]
    public bool IsScaled => (Render.Width, Render.Height) != (Delivery.Width, Delivery.Height);

    /// <summary>Whether the delivered frames are larger than the drawn ones.</summary>
    [JsonIgnore]
    public bool IsEnlarged => Delivery.Pixels > Render.Pixels;

    /// <summary>The shorter side of the result.</summary>
    [JsonIgnore]
    public int DeliveredResolution => Math.Min(Delivery.Width, Delivery.Height);

    /// <summary>Whether an upscale model may make this video as large as it must become.</summary>
    public bool Suits(Family upscaler) =>
        IsEnlarged && Render.Seconds <= upscaler.MaxSeconds[upscaler.HeightClass(DeliveredResolution)] + 1e-6;
}
