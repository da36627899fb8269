using Rushes.Catalog;
using Rushes.Jobs;

namespace Rushes.Media;

/// <summary>Checks that a file from a remote worker is the video that its job requires.</summary>
public static class ResultCheck
{
    /// <summary>The maximum size of a video file.</summary>
    public const long MaxBytes = 512_000_000;

    private static readonly TimeSpan MaxDecoding = TimeSpan.FromMinutes(3);

    /// <summary>Results have their own slots, and none is rejected because of others that wait.</summary>
    private static readonly InspectionSlots Slots = new(new InspectionSlotOptions { MaxWaiting = int.MaxValue });

    /// <summary>Null if it is; otherwise the reason, as a phrase after "the file".</summary>
    /// <param name="kind">The kind of the job's model; null if the catalog no longer has the model.</param>
    public static async Task<string?> FindFaultAsync(string path, ModelKind? kind, RenderPlan plan, CancellationToken cancel)
    {
        var due = plan.Delivery;
        // A foley clip keeps its own frame rate, which may vary, and containers round times.
        var tolerance = 0.5 + due.Seconds / 20;
        // Decoders round the sides of their buffers up; the exact size is compared below.
        var limits = new MediaLimits
        {
            MaxPixels = (due.Width + 128L) * (due.Height + 128L), MaxSeconds = due.Seconds + tolerance, MaxDecoding = MaxDecoding,
        };
        var inspector = new Inspector(Slots, limits);
        if (await inspector.InspectAsync(0, path, [MediaKind.Clip], inspector.NewTime(), cancel) is Inspection.Rejected rejected)
            return rejected.Reason;
        if (await VideoProbe.FindAsync(path, cancel) is not { } facts) return "has no picture in it";
        if (!facts.Faststart) return "is no MP4 with its index first";
        if (!FinalEncode.IsDeliverable(facts)) return $"holds {facts.Codec} in {facts.PixelFormat}, not H.264 in yuv420p";
        if (facts.SoundCodec is not (null or "aac")) return $"has sound in {facts.SoundCodec}, not in AAC";
        if (!facts.HasSound && plan.NeedsSound(kind)) return "has no sound";
        if (facts.HasSound && plan.Sound == false) return "has sound, which the request excludes";
        if ((facts.Width, facts.Height) != (due.Width, due.Height) && (facts.Height, facts.Width) != (due.Width, due.Height))
            return $"is {facts.Width}x{facts.Height}, not {due.Width}x{due.Height}";
        return Math.Abs(facts.Seconds - due.Seconds) > tolerance
            ? $"is {facts.Seconds:0.##} seconds long, not {due.Seconds:0.##}"
            : null;
    }
}
