using Rushes.Engines;
using Rushes.Media;

namespace Rushes.Draft;

/// <summary>The sound of a draft of a model that makes sound together with the picture.</summary>
internal static class DraftSound
{
    private const string TrackFile = "sound.wav";

    public static async Task<Shot> AddAsync(Shot shot, EngineJob job, string scratch, CancellationToken cancel)
    {
        var synth = new Synth(Motion.None, job.Input.Prompt, job.Input.Seed, music: false);
        await synth.SaveAsync(new Folder(scratch).File(TrackFile), job.Plan.Delivery.Seconds, cancel);
        return shot with
        {
            Inputs = [.. shot.Inputs, FfmpegInput.OfWav(TrackFile)],
            Output =
                ["-map", "[v]", "-map", $"{shot.Inputs.Count}:a:0", .. FinalEncode.Arguments(job.Plan, sound: true)],
        };
    }
}
