using Rushes.Jobs;

namespace Rushes.Database.Shared;

/// <summary>Chooses the job that a claim leases, among those that it may lease. Both databases use it.</summary>
internal static class ClaimOrder
{
    /// <summary>
    /// The first job; or the first one of a loaded model, equal in tier and priority, if that may pass the first job.
    /// </summary>
    /// <param name="lanes">The jobs of each lane that the claim may lease, in order. Each is read only as far as needed, one
    /// after the other, but twice if something is loaded.</param>
    public static Candidate? First(IReadOnlyList<IEnumerable<Candidate>> lanes, WarmStart? warm)
    {
        Candidate? found = null;
        foreach (var lane in lanes)
            foreach (var head in lane.Take(1))
                if (found is null || head.Key < found.Value.Key) found = head;
        if (found is not { } first || warm is null) return found;

        Candidate? best = null;
        foreach (var lane in lanes)
            foreach (var near in lane.TakeWhile(job => job.IsEqual(first)).Take(warm.Within))
                if (warm.Models.Contains(near.Model) && (best is null || IsBefore(near, best.Value, warm))) best = near;
        return best is { } loaded && loaded.Key.Id != first.Key.Id && warm.MayPass(first.Key.Id) ? loaded : first;
    }

    /// <summary>Jobs with the loaded value of an input field are before all others.</summary>
    private static bool IsBefore(Candidate job, Candidate other, WarmStart warm)
    {
        var (loaded, otherLoaded) = (IsLoaded(job), IsLoaded(other));
        return loaded == otherLoaded ? job.Key < other.Key : loaded;

        bool IsLoaded(Candidate each) => warm.Input is not { } input || each.Value == input.Value;
    }
}

/// <summary>A queued job.</summary>
/// <param name="Model">Null if nothing is loaded.</param>
/// <param name="Value">The value of the input field that is loaded with a model; empty if the job has none.</param>
internal readonly record struct Candidate(QueueKey Key, string Lane, int Account, string? Model = null, string? Value = null)
{
    public bool IsEqual(Candidate other) => Key.Tier == other.Key.Tier && Key.Priority == other.Key.Priority;
}
