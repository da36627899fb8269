using System.Text.Json;
using Rushes.Catalog;
using Rushes.Database;
using Rushes.Intake;
using Rushes.Jobs;
using Rushes.Server.WorkerApi;

namespace Rushes.Server.Health;

/// <summary>
/// A small job for every worker. Workers take jobs and are not given them: there is one for each that is free, and more for
/// those whom another was quicker than, for a few rounds. They are ordinary jobs of whoever asks, and are charged as such.
/// </summary>
internal sealed class TrialRuns(IDatabase database, JobIntake intake, WorkerRoster roster, ModelCatalog catalog, TimeProvider clock)
{
    private const int Rounds = 4;

    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(15);

    private static readonly JsonElement Small = JsonDocument.Parse("""{"prompt": "A paper boat on a lake", "duration": 0.5, "width": 512, "height": 512, "seed": 7}""").RootElement;

    public async Task<IReadOnlyList<Finding>> RunAsync(int account, CancellationToken cancel)
    {
        var found = new List<Finding>();
        var waiting = new Dictionary<string, Model>();
        foreach (var worker in roster.All.Where(worker => worker.Offer.Models.Count > 0))
            if (worker.Offer.Models.Select(catalog.Find).FirstOrDefault(model => model?.Kind == ModelKind.TextToVideo) is { } model) waiting[worker.Offer.Worker] = model;
            else found.Add(Finding.Warning("trial", $"{worker.Offer.Worker}: it makes nothing from words alone, so it was not tried.", "Send it a request of its own."));

        for (var round = 0; round < Rounds && waiting.Count > 0; round++)
            foreach (var job in await MakeAsync(account, waiting.Values, found, cancel))
                if (job.Worker is { } worker && waiting.Remove(worker)) found.Add(Of(worker, job));
        foreach (var worker in waiting.Keys)
            found.Add(Finding.Warning("trial", $"{worker}: it took none of the trial's jobs.", "It may be busy, or slower than the others: see rushes doctor again when it is free."));
        return found;
    }

    private async Task<IReadOnlyList<Job>> MakeAsync(int account, IEnumerable<Model> models, List<Finding> found, CancellationToken cancel)
    {
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(cancel);
        limit.CancelAfter(Patience);
        var ids = new List<long>();
        foreach (var model in models)
            switch (await intake.SubmitAsync(new JobRequest { Account = account, Model = model, Fields = Small, Binary = true }, cancel))
            {
                case SubmitResult.Accepted accepted: ids.Add(accepted.Id); break;
                case SubmitResult.Refused refused:
                    found.Add(Finding.Error("trial", $"A job for {model.Id} was refused: {refused.Problem.Message}", "See what the key's account may ask for (rushes accounts show), or try again later."));
                    break;
            }
        return await Task.WhenAll(ids.Select(id => EndAsync(id, account, limit.Token)));
    }

    /// <summary>The job at its end; one that takes too long is called off.</summary>
    private async Task<Job> EndAsync(long id, int account, CancellationToken cancel)
    {
        try
        {
            while (true)
            {
                var job = (await database.FindAsync(id, cancel))!;
                if (job.EndedAt is not null) return job;
                await Task.Delay(TimeSpan.FromMilliseconds(200), clock, cancel);
            }
        }
        catch (OperationCanceledException)
        {
            await database.CancelAsync(id, account, force: true, CancellationToken.None);
            return (await database.FindAsync(id, CancellationToken.None))!;
        }
    }

    private static Finding Of(string worker, Job job)
    {
        var took = job.EndedAt - job.StartedAt;
        return job.State switch
        {
            JobState.Completed => Finding.Ok("trial", $"{worker}: it made a video of {job.Model} in {took?.TotalSeconds:0.0} seconds."),
            JobState.Failed => Finding.Error("trial", $"{worker}: its run of {job.Model} failed: {job.Error?.Message}", "Look at the worker's log."),
            _ => Finding.Error("trial", $"{worker}: its run of {job.Model} did not end within {Patience.TotalMinutes:0} minutes and was called off.", "Look at the worker's log."),
        };
    }
}
