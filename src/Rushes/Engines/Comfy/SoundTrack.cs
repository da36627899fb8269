using Rushes.Jobs;
using Rushes.Media;

namespace Rushes.Engines.Comfy;

/// <summary>Adds a sound to a clip, without encoding the video again where possible.</summary>
internal static class SoundTrack
{
    private const string FileName = "sounding.mp4";

    public static async Task<EngineEvent> LayAsync(
        string clip, string sound, RenderPlan plan, string scratch, CancellationToken cancel)
    {
        var input = FfmpegInput.Of(clip);
        if (await VideoProbe.ReadAsync(input, cancel) is not { } facts)
            return new EngineEvent.Failed(
                new JobError("engine_failed", "The clip cannot be decoded. Send it again in another format."), Blame.Job);
        var copied = FinalEncode.IsDeliverable(facts) && plan is { IsScaled: false, AlwaysEncode: false };
        var video =
            $"fps={Ffmpeg.Rate(plan.Delivery.Rate)},{FinalEncode.SquarePixels},"
            + $"{FinalEncode.Cover(plan.Delivery.Width, plan.Delivery.Height)},{FinalEncode.Length(plan.Delivery.Frames)},"
            + "format=yuv420p";
        var run = new FfmpegRun(
            [input.WithFrames(facts.Width, facts.Height), FfmpegInput.OfEngine(sound)],
            [
                "-map", "0:v:0", "-map", "1:a:0",
                "-af", FinalEncode.SoundFilter(copied ? facts.Seconds : plan.Delivery.Seconds),
                .. copied ? FinalEncode.CopyVideo(sound: true) : ["-vf", video, .. FinalEncode.Arguments(plan, sound: true)],
                FileName,
            ]) { Folder = scratch, EncodedPixels = copied ? 0 : plan.Delivery.Pixels };
        var exit = await Ffmpeg.RunAsync(run, cancel);
        if (exit.Ok) return new EngineEvent.Output(new Folder(scratch).File(FileName)) { IsEncoded = !copied };
        var fault = FfmpegFault.Of(exit);
        return new EngineEvent.Failed(new JobError("engine_failed", fault.Message), fault.BadMedia ? Blame.Job : Blame.Engine);
    }
}
