using Rushes.Jobs;
using Rushes.Work;
using Xunit;

namespace Rushes.Tests.Work;

/// <summary>A worker that ends every job at once. Some leave again and again, and some run one model only.</summary>
internal static class PassingWorker
{
    private static readonly IReadOnlyList<string> Models = ["wan22-fast-t2v", "wan22-pro-t2v", "wan22-premium-t2v"];

    public static string AnyModel(Random random) => Models[random.Next(Models.Count)];

    /// <summary>Waits for the next result of these workers. If a worker fails, the wait ends with its error.</summary>
    public static async Task WaitAsync(Task done, IEnumerable<Task> workers) => await await Task.WhenAny([done, .. workers]);

    public static async Task RunAsync(LocalJobSource source, int number, CancellationToken stop)
    {
        IReadOnlyList<string> models = number % 4 == 3 ? Models : [Models[number % 4]];
        var offer = new ClaimOffer($"node/{number}", ["t2v"], models) { EveryModel = models == Models };
        var random = new Random(number);
        while (!stop.IsCancellationRequested)
        {
            using var patience = CancellationTokenSource.CreateLinkedTokenSource(stop);
            // Some leave while they are woken.
            if (number % 3 == 0) patience.CancelAfter(TimeSpan.FromMilliseconds(random.Next(1, 8)));
            try
            {
                var lease = await source.ClaimAsync(offer, patience.Token);
                await source.EndAsync(
                    lease, new RunOutcome.Failed(new JobError("engine_failed", "A test."), Retryable: false),
                    TestContext.Current.CancellationToken);
            }
            catch (OperationCanceledException)
            {
                // It comes back, or the test is over.
            }
        }
    }
}
