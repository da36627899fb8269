using System.Diagnostics;
using Rushes.Catalog;
using Rushes.Draft;
using Rushes.Engines;
using Rushes.Jobs;
using Rushes.Media;

namespace Rushes.Bench;

/// <summary>A five-second draft, against ffmpeg with the same command.</summary>
internal static class DraftBench
{
    public static async Task<IEnumerable<Row>> RunAsync(Plan plan, Folders disk)
    {
        var format = new VideoFormat(832, 480, 80, 16);
        var job = new EngineJob(
            1, CatalogReader.Read(null).Find("wan22-fast-t2v")!, new RenderPlan(format, format),
            JobInput.Parse("""{"prompt": "A paper boat drifting on a calm sea at sunset, golden light", "seed": 7}"""),
            new Dictionary<string, string>());

        var ready = disk.New();
        var shot = ((Prepared.Ready)await TextShot.PrepareAsync(job, ready, default)).Shot;
        Side ffmpeg = new("ffmpeg alone", Rounds.Seconds, () => TimeAsync(async () =>
        {
            var exit = await Ffmpeg.RunAsync(shot.RunIn(ready, format, null), default);
            if (!exit.Ok) throw new InvalidOperationException(exit.Errors);
        }));
        Side ours = new("draft engine", Rounds.Seconds, () =>
        {
            var scratch = disk.New();
            return TimeAsync(() => DrawAsync(job, scratch));
        });

        await DrawAsync(job, disk.New());
        await Rounds.RunAsync("draft", plan.Rounds, ffmpeg, ours);
        return [Row.OfTimes("draft, 5 s of 832x480", ours, ffmpeg, aim: 0.95)];
    }

    private static async Task DrawAsync(EngineJob job, string scratch)
    {
        EngineEvent? last = null;
        await foreach (var update in new DraftEngine().RunAsync(job, scratch, default)) last = update;
        if (last is not EngineEvent.Output) throw new InvalidOperationException($"{last}");
    }

    private static async Task<double> TimeAsync(Func<Task> run)
    {
        var clock = Stopwatch.StartNew();
        await run();
        return clock.Elapsed.TotalSeconds;
    }
}
