using Rushes.Jobs;
using Rushes.Media;

namespace Rushes.Draft;

/// <summary>One run of ffmpeg that draws, mixes and encodes in a single pass.</summary>
/// <param name="Graph">A filter graph that ends in <c>[v]</c> and, with sound, <c>[a]</c>; it holds numbers, never a
/// client's text.</param>
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

    /// <summary>From drawn frames to delivered ones: the script on top, then the delivered size.</summary>
    public static string Finished(RenderPlan plan) =>
        plan.Render.Width == plan.Delivery.Width && plan.Render.Height == plan.Delivery.Height
        ? $"{Colours},ass={ScriptFile}[v]"
        : $"{Colours},ass={ScriptFile},scale={plan.Delivery.Width}:{plan.Delivery.Height}:flags=lanczos,setsar=1[v]";

    /// <summary>What swscale and libass make of colours, said so that players show the same.</summary>
    private const string Colours =
        "format=yuv420p,setparams=range=tv:color_primaries=bt709:color_trc=bt709:colorspace=smpte170m";
}

/// <summary>A shot to run, or why there is none.</summary>
internal abstract record Prepared
{
    private Prepared() { }

    public sealed record Ready(Shot Shot) : Prepared;

    /// <summary>What the job brought cannot be used.</summary>
    public sealed record Failed(string Message) : Prepared
    {
        public static Failed BadMedia(string field) =>
            new($"The file in {field} cannot be decoded. Send it again in another format.");

        public static Failed Missing(string field) => new($"The job has no file in {field}.");
    }
}
