namespace Rushes.Tests.Fuzz;

/// <summary>Gives every target inputs in turn and keeps those that caused a fault.</summary>
internal sealed class FuzzRun(int seed)
{
    /// <summary>An input of at most 256 KB that takes longer counts as a hang, even on a machine that is busy.</summary>
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(5);

    /// <summary>The findings of a target by the place where they were thrown, each only once.</summary>
    private readonly Dictionary<string, Finding> findings = [];

    public IReadOnlyCollection<Finding> Findings => findings.Values;

    public Dictionary<string, long> Tried { get; } = [];

    /// <param name="goOn">Asked after each round over the targets with the number of rounds.</param>
    /// <param name="each">Inputs of a target in one round.</param>
    public async Task RunAsync(IReadOnlyList<FuzzTarget> targets, int each, Func<int, bool> goOn)
    {
        // One for each target: what is tried of one does not depend on which others there are.
        var mutators = targets.Select(
            target => new Mutator(new Random(HashOf(target.Name, seed)), target.Samples, target.Words)).ToArray();
        for (var round = 0; goOn(round); round++)
            for (var i = 0; i < targets.Count; i++)
                for (var n = 0; n < each; n++)
                    await TryAsync(targets[i], mutators[i].Next());
    }

    public async Task TryAsync(FuzzTarget target, byte[] input)
    {
        Tried[target.Name] = Tried.GetValueOrDefault(target.Name) + 1;
        try
        {
            await target.TryAsync(input).WaitAsync(Patience);
        }
        catch (Exception error)
        {
            var place = error.StackTrace?.Split('\n').FirstOrDefault(line => line.Contains("Rushes.", StringComparison.Ordinal))
                ?? error.Message;
            findings.TryAdd($"{target.Name} {error.GetType().Name} {place}", new Finding(target.Name, input, error));
        }
    }

    /// <summary>A hash that is the same in every process, unlike string.GetHashCode.</summary>
    private static int HashOf(string name, int seed) => name.Aggregate(seed, (hash, letter) => unchecked(hash * 31 + letter));
}
