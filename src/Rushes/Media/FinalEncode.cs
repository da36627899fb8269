using Rushes.Catalog;
using Rushes.Jobs;

namespace Rushes.Media;

/// <summary>The result of the final encode.</summary>
public abstract record Finish
{
    private Finish() { }

    /// <summary>The delivered file; the engine's own file if it already had the right form.</summary>
    public sealed record Ready(string Path) : Finish;

    public sealed record Unusable(JobError Error, bool Retryable) : Finish;
}

/// <summary>
/// Makes the delivered form: MP4 with its index first, H.264 in yuv420p with the exact size, length and rate, AAC if there is
/// sound, and no metadata of the engine (which may contain the prompt).
/// </summary>
public static class FinalEncode
{
    /// <summary>The comment of files that no model made; the only comment that is kept.</summary>
    public const string DraftComment = "DRAFT: drawn by Rushes without a model";

    private static readonly IReadOnlyList<string> Mp4 =
        ["-map_metadata", "-1", "-map_metadata:s", "-1", "-map_chapters", "-1", "-movflags", "+faststart", "-f", "mp4"];

    private static readonly IReadOnlyList<string> Sound = ["-c:a", "aac", "-b:a", "160k", "-ar", "48000", "-ac", "2"];

    private static readonly HashSet<string> OwnTags = new(StringComparer.OrdinalIgnoreCase)
    {
        "major_brand", "minor_version", "compatible_brands", "encoder", "creation_time",
    };

    /// <summary>
    /// Output options that encode the delivered form. Filters must set the size, and with sound also the length
    /// (<see cref="Length"/>), because with a frame limit ffmpeg would cut the sound short.
    /// </summary>
    public static IReadOnlyList<string> Arguments(RenderPlan plan, bool sound) =>
    [
        "-c:v", "libx264", "-crf", $"{plan.Crf}", "-preset", plan.Preset ?? "medium", "-pix_fmt", "yuv420p",
        "-r", Ffmpeg.Rate(plan.Delivery.Rate), "-fps_mode", "cfr",
        .. sound ? Sound : ["-frames:v", $"{plan.Delivery.Frames}", "-an"], .. Mp4,
    ];

    /// <summary>A filter that makes the picture exactly this long, by repeating its last frame or cutting.</summary>
    public static string Length(int frames) => $"tpad=stop_mode=clone:stop={frames},trim=end_frame={frames}";

    /// <summary>Output options that copy the picture stream and encode the sound.</summary>
    public static IReadOnlyList<string> CopyVideo(bool sound) => ["-c:v", "copy", .. sound ? Sound : ["-an"], .. Mp4];

    /// <summary>Whether the picture stream can be delivered without encoding it again, regardless of size and rate.</summary>
    public static bool IsDeliverable(VideoFacts facts) =>
        facts is { Codec: "h264", PixelFormat: "yuv420p" or "yuvj420p", HasSquarePixels: true };

    /// <summary>A filter that makes pixels square by scaling the picture up.</summary>
    public const string SquarePixels =
        "scale=w='trunc(iw*max(1,sar)/2+0.5)*2':h='trunc(ih*max(1,1/sar)/2+0.5)*2':flags=lanczos,setsar=1";

    /// <summary>A filter that scales a picture to cover an exact size and crops the rest.</summary>
    public static string Cover(int width, int height) =>
        $"scale={width}:{height}:force_original_aspect_ratio=increase:flags=lanczos,crop={width}:{height},setsar=1";

    /// <summary>
    /// Converts an engine's file to the delivered form. A file that already has it is unchanged. The picture is encoded again
    /// only if it differs from the plan, or the plan requires it; a foley clip keeps its H.264 picture unless it is scaled.
    /// Sound is cut or padded to the length of the picture. If only metadata has to be removed from a usual file, it is
    /// rewritten without ffmpeg.
    /// </summary>
    /// <param name="encoded">Whether the engine encoded the picture with the plan's quality and preset.</param>
    public static async Task<Finish> FinishAsync(
        string path, ModelKind kind, RenderPlan plan, CancellationToken cancel, bool encoded = false)
    {
        var mp4 = Mp4File.Read(path);
        if ((mp4?.Facts ?? await VideoProbe.FindAsync(path, cancel)) is not { } facts)
            return Unusable("The engine's file has no video that can be read.", retryable: true);
        if (!facts.HasSound && plan.NeedsSound(kind)) return Unusable("The engine's file has no sound.", retryable: true);
        var sound = facts.HasSound && plan.Sound != false;

        var keep = IsDeliverable(facts) && (encoded || !plan.AlwaysEncode)
            && (kind == ModelKind.Foley ? !plan.IsScaled || HasSize(facts, plan.Delivery) : Matches(facts, plan.Delivery));
        var seconds = keep ? facts.Seconds : plan.Delivery.Seconds;
        var isWhole = keep && sound == facts.HasSound && HasItsSound(facts, seconds);
        if (isWhole && IsClean(facts)) return new Finish.Ready(path);

        var folder = Path.GetDirectoryName(Path.GetFullPath(path))!;
        var final = new Folder(folder).File("delivered.mp4");
        if (isWhole && mp4 is not null && Comment(facts) is [])
        {
            await mp4.WriteAsync(final, cancel);
            return new Finish.Ready(final);
        }

        var run = new FfmpegRun(
            [FfmpegInput.OfEngine(path).WithFrames(facts.Width, facts.Height)],
            [
                "-map", "0:v:0", .. sound ? ["-map", "0:a:0"] : Array.Empty<string>(),
                .. keep ? [] : new[] { "-vf", VideoFilter(facts, kind, plan) },
                .. sound ? ["-af", SoundFilter(seconds)] : Array.Empty<string>(),
                .. keep ? CopyVideo(sound) : Arguments(plan, sound),
                .. Comment(facts), final,
            ]) { Folder = folder, EncodedPixels = plan.Delivery.Pixels };
        var exit = await Ffmpeg.RunAsync(run, cancel);
        if (exit.Ok) return new Finish.Ready(final);
        var fault = FfmpegFault.Of(exit);
        return Unusable(fault.Message, retryable: true);
    }

    /// <summary>A filter that makes sound exactly this long, by cutting or adding silence.</summary>
    public static string SoundFilter(double seconds) =>
        $"aresample=48000,apad=whole_dur={Ffmpeg.Number(seconds)},atrim=0:{Ffmpeg.Number(seconds)},asetpts=N/SR/TB";

    private static bool Matches(VideoFacts facts, VideoFormat due) =>
        facts is { PixelFormat: "yuv420p", HasSquarePixels: true } && HasSize(facts, due) && facts.Frames == due.Frames
        && Math.Abs(facts.Rate - due.Rate) < 0.01;

    private static bool HasSize(VideoFacts facts, VideoFormat due) => facts.Width == due.Width && facts.Height == due.Height;

    private static bool IsClean(VideoFacts facts) =>
        facts.Faststart && facts.Tags.All(tag => OwnTags.Contains(tag.Key) || tag is { Key: "comment", Value: DraftComment });

    private static bool HasItsSound(VideoFacts facts, double seconds) =>
        !facts.HasSound || (facts.SoundCodec == "aac" && Math.Abs(facts.SoundSeconds - seconds) < 0.05);

    /// <summary>
    /// Scales with lanczos. If the engine rendered the planned number of frames, they are spread over the delivered time
    /// (a wrong rate in the file does not matter) and frames are interpolated; otherwise only the rate is converted. Models
    /// render in steps, so a few more frames at the planned rate are cut. A foley clip keeps its timestamps, because its sound
    /// follows them and they may be irregular.
    /// </summary>
    private static string VideoFilter(VideoFacts facts, ModelKind kind, RenderPlan plan)
    {
        var due = plan.Delivery;
        var rate = Ffmpeg.Rate(due.Rate);
        var size = $"{SquarePixels},{Cover(due.Width, due.Height)},{Length(due.Frames)},format=yuv420p";
        if (kind == ModelKind.Foley) return $"fps={rate},{size}";
        var rendered = facts.Frames - plan.Render.Frames is > 0 and < 4 && facts.Frames != due.Frames
            ? plan.Render.Frames
            : facts.Frames;
        var time = rendered == due.Frames
            ? $"setpts=N/({rate})/TB"
            : IsPlanned(facts, plan.Render) && plan.Render.Frames > 1 && due.Frames > plan.Render.Frames
                ? $"trim=end_frame={plan.Render.Frames},setpts=N*{due.Frames - 1}/{plan.Render.Frames - 1}/({rate})/TB,"
                    + $"tpad=stop_mode=clone:stop=4,minterpolate=fps={rate}"
                : $"fps={rate}";
        return $"{time},{size}";
    }

    private static bool IsPlanned(VideoFacts facts, VideoFormat planned) => facts.Frames == planned.Frames
        || (facts.Frames > planned.Frames && facts.Frames < planned.Frames + 16 && Math.Abs(facts.Rate - planned.Rate) < 0.01);

    private static string[] Comment(VideoFacts facts) =>
        facts.Tags.TryGetValue("comment", out var comment) && comment == DraftComment
            ? ["-metadata", $"comment={DraftComment}"]
            : [];

    private static Finish.Unusable Unusable(string message, bool retryable) =>
        new(new JobError("bad_output", message), retryable);
}
