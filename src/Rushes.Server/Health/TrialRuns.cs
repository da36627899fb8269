using System.Text.Json;
using Rushes.Catalog;
using Rushes.Intake;
using Rushes.Jobs;
using Rushes.Server.WorkerApi;

namespace Rushes.Server.Health;

/// <summary>
/// Runs a short test job on every worker. Workers claim jobs themselves, so it creates one job per idle worker, and more in a
/// few further rounds for workers that got none. They are normal jobs of the caller and are charged.
/// </summary>
internal sealed class TrialRuns(JobDesk desk, JobIntake intake, WorkerRoster roster, ModelCatalog catalog, TimeProvider clock)
{
    private const int Rounds = 4;

    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(15);

    /// <summary>A request for the smallest video of a text to video model.</summary>
    internal static JsonElement SmallestOf(Model model)
    {
        var size = model.Family.Sizes.MinBy(size => size.Width * size.Height);
        return JsonSerializer.SerializeToElement(
            new { prompt = "A paper boat on a lake", duration = 0.5, width = size.Width, height = size.Height, seed = 7 });
    }

    public async Task<IReadOnlyList<Finding>> RunAsync(int account, CancellationToken cancel)
    {
        var found = new List<Finding>();
        var waiting = new Dictionary<string, Model>();
        foreach (var worker in roster.All.Where(worker => worker.Offer.Models.Count > 0))
            if (worker.Offer.Models.Select(catalog.Find).FirstOrDefault(model => model?.Kind == ModelKind.TextToVideo)
                is { } model) waiting[worker.Offer.Worker] = model;
            else found.Add(
                Finding.Warning(
                    "trial", $"{worker.Offer.Worker} supports no text to video model, so it was not tested.",
                    "Test it with a job of your own."));

        for (var round = 0; round < Rounds && waiting.Count > 0; round++)
            foreach (var job in await MakeAsync(account, waiting.Values, found, cancel))
                if (job.Worker is { } worker && waiting.Remove(worker)) found.Add(Of(worker, job));
        foreach (var worker in waiting.Keys)
            found.Add(
                Finding.Warning(
                    "trial", $"{worker} claimed none of the test jobs.",
                    "It may be busy, or slower than the others. Run rushes doctor --run again when it is idle."));
        return found;
    }

    private async Task<IReadOnlyList<Job>> MakeAsync(
        int account, IEnumerable<Model> models, List<Finding> found, CancellationToken cancel)
    {
        using var late = new CancellationTokenSource(Patience, clock);
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(cancel, late.Token);
        var ids = new List<long>();
        foreach (var model in models)
        {
            var request = new JobRequest { Account = account, Model = model, Fields = SmallestOf(model), Binary = true };
            switch (await intake.SubmitAsync(request, cancel))
            {
                case SubmitResult.Accepted accepted: ids.Add(accepted.Id); break;
                case SubmitResult.Rejected rejected:
                    found.Add(
                        Finding.Error(
                            "trial", $"A job for {model.Id} was rejected: {rejected.Problem.Message}",
                            "Check the limits of the key's account (rushes accounts show), or retry later."));
                    break;
            }
        }
        return [.. (await Task.WhenAll(ids.Select(id => EndAsync(id, account, limit.Token)))).OfType<Job>()];
    }

    /// <summary>Waits for the end of the job; cancels it after the timeout. Returns null if it was deleted.</summary>
    private async Task<Job?> EndAsync(long id, int account, CancellationToken cancel)
    {
        try
        {
            while (true)
            {
                var job = await desk.ReadAsync(id, account, null, cancel);
                if (job is not { EndedAt: null }) return job;
                await Task.Delay(TimeSpan.FromMilliseconds(200), clock, cancel);
            }
        }
        catch (OperationCanceledException)
        {
            await desk.CancelAsync(id, account, null, force: true, CancellationToken.None);
            return await desk.ReadAsync(id, account, null, CancellationToken.None);
        }
    }

    private static Finding Of(string worker, Job job)
    {
        var took = job.EndedAt - job.StartedAt;
        return job.State switch
        {
            JobState.Completed =>
                Finding.Ok("trial", $"{worker} made a test video with {job.Model} in {took?.TotalSeconds:0.0} seconds."),
            JobState.Failed =>
                Finding.Error(
                    "trial", $"{worker}: the test job of {job.Model} failed: {job.Error?.Message}", "See the worker's log."),
            _ => Finding.Error(
                "trial",
                $"{worker}: the test job of {job.Model} did not end within {Patience.TotalMinutes:0} minutes and was cancelled.",
                "See the worker's log."),
        };
    }
}
