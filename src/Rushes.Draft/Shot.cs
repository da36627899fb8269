using Rushes.Jobs;
using Rushes.Media;

namespace Rushes.Draft;

/// <summary>One run of ffmpeg that draws, mixes and encodes in a single pass.</summary>
/// <param name="Graph">A filter graph that ends in <c>[v]</c> and, with sound, <c>[a]</c>. It never contains text from a
/// client.</param>
/// <param name="Output">Maps and encoding options.</param>
internal sealed record Shot(IReadOnlyList<FfmpegInput> Inputs, string Graph, IReadOnlyList<string> Output)
{
    public const string ScriptFile = "scene.ass";

    /// <summary>Whether the picture is encoded with the plan's quality; otherwise it is copied.</summary>
    public bool Encodes { get; init; } = true;

    public const string OutputFile = "draft.mp4";

    public FfmpegRun RunIn(string folder, VideoFormat delivery, Action<int>? onFrame) =>
        new(Inputs, [.. Output, "-metadata", $"comment={FinalEncode.DraftComment}", OutputFile])
        {
            Folder = folder, Graph = Graph, EncodedPixels = delivery.Pixels, OnFrame = onFrame,
        };

    public static IReadOnlyList<string> Encoded(RenderPlan plan, bool sound) =>
        ["-map", "[v]", .. sound ? new[] { "-map", "[a]" } : [], .. FinalEncode.Arguments(plan, sound)];

    /// <summary>From rendered to delivered frames: the script on top, then the delivered size.</summary>
    public static string Finished(RenderPlan plan) =>
        plan.Render.Width == plan.Delivery.Width && plan.Render.Height == plan.Delivery.Height
        ? $"{Colours},ass={ScriptFile},setsar=1[v]"
        : $"{Colours},ass={ScriptFile},scale={plan.Delivery.Width}:{plan.Delivery.Height}:flags=lanczos,setsar=1[v]";

    /// <summary>The color space of swscale and libass, declared so that players show the same colors.</summary>
    private const string Colours =
        "format=yuv420p,setparams=range=tv:color_primaries=bt709:color_trc=bt709:colorspace=smpte170m";
}

/// <summary>A shot to run, or an error.</summary>
internal abstract record Prepared
{
    private Prepared() { }

    public sealed record Ready(Shot Shot) : Prepared;

    /// <summary>An input of the job cannot be used.</summary>
    public sealed record Failed(string Message) : Prepared
    {
        public static Failed BadMedia(string field) =>
            new($"The file in {field} cannot be decoded. Send it again in another format.");

        public static Failed Missing(string field) => new($"The job has no file in {field}.");
    }
}
