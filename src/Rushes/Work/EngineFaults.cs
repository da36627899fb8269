using Rushes.Jobs;

namespace Rushes.Work;

/// <summary>
/// Records which jobs failed on which part of which worker's engine. A failure counts as an attempt of the job if the same
/// part completed another job afterwards; until then it counts as the engine's. Kept in memory: after a restart a job may get
/// a few more tries.
/// </summary>
/// <param name="workers">The latest offer of every known worker.</param>
public sealed class EngineFaults(Func<IEnumerable<ClaimOffer>> workers, TimeProvider clock)
{
    /// <summary>How long a failed job waits for another worker that can run it.</summary>
    private static readonly TimeSpan ElsewhereFirst = TimeSpan.FromMinutes(1);

    /// <summary>
    /// After so many failures of engines a job ends, even if no engine was seen to work since. With one attempt a minute, it
    /// survives an engine that is broken for more than an hour.
    /// </summary>
    public const int MaxFaults = 100;

    /// <summary>
    /// How long the jobs of other accounts go first where an account's job failed, unless the part is seen to work before.
    /// Longer than the pauses of an engine that fails.
    /// </summary>
    private static readonly TimeSpan OthersFirst = TimeSpan.FromMinutes(10);

    private readonly Lock gate = new();
    private readonly Dictionary<long, JobFaults> faults = [];

    /// <summary>The accounts whose jobs failed on a part that was not seen to work since.</summary>
    private readonly Dictionary<(string Place, int Account), (int Proofs, DateTimeOffset At)> accounts = [];

    /// <summary>Records the state of a worker's engine.</summary>
    public void RecordOffer(ClaimOffer offer)
    {
        lock (gate)
        {
            if (faults.Count == 0 && accounts.Count == 0) return;
            foreach (var part in offer.Parts)
            {
                var place = PlaceOf(offer, part);
                foreach (var job in faults.Values) Prove(job.Known, place, part.Proofs);
                foreach (var (key, fault) in accounts)
                    if (key.Place == place && part.Proofs > fault.Proofs) accounts.Remove(key);
            }
        }
    }

    /// <summary>
    /// Consecutive failures on one part count as one attempt, because the engine may have been broken for most of them.
    /// </summary>
    private static void Prove(List<Fault> job, string place, int proofs)
    {
        bool IsProven(Fault fault) => fault.Place == place && proofs > fault.Proofs && !fault.IsTheJobs;
        if (job.FindLast(IsProven) is not { } last) return;
        job.RemoveAll(fault => fault != last && IsProven(fault));
        last.IsTheJobs = true;
    }

    /// <summary>Removes jobs that ended in a commit.</summary>
    public void Apply(IReadOnlyList<JobChange> changes)
    {
        lock (gate)
        {
            if (faults.Count == 0) return;
            for (var i = 0; i < changes.Count; i++)
                if (changes[i].State.IsFinished) faults.Remove(changes[i].Id);
        }
    }

    /// <summary>
    /// Records a failure of a run. It counts as an attempt if an earlier failure was the job's own. The same run is recorded
    /// once, however often its end is reported.
    /// </summary>
    public FaultVerdict Add(long job, long fence, int account, string model, string worker)
    {
        var offer = workers().FirstOrDefault(known => known.Worker == worker);
        var part = offer?.Parts.FirstOrDefault(each => each.Models.Contains(model));
        var place = part is null ? worker : PlaceOf(offer!, part);
        lock (gate)
        {
            if (!faults.TryGetValue(job, out var past)) faults[job] = past = new JobFaults();
            if (past.LatestFence == fence) return past.LatestVerdict;
            var counts = past.Known.Find(fault => fault.IsTheJobs);
            if (counts is not null) past.Known.Remove(counts);
            var now = clock.GetUtcNow();
            past.Known.Add(new Fault(place, model, part?.Proofs ?? 0, now));
            foreach (var (key, fault) in accounts)
                if (now - fault.At >= OthersFirst) accounts.Remove(key);
            accounts[(place, account)] = (part?.Proofs ?? 0, now);
            past.LatestFence = fence;
            return past.LatestVerdict = ++past.Count >= MaxFaults ? FaultVerdict.TooMany
                : counts is not null ? FaultVerdict.Attempt
                : FaultVerdict.Engine;
        }
    }

    /// <summary>The jobs that this worker should avoid for now.</summary>
    public Avoided AvoidedBy(ClaimOffer offer)
    {
        List<(long Job, Fault Last)> recent;
        List<long> last;
        List<int> owners;
        lock (gate)
        {
            if (faults.Count == 0 && accounts.Count == 0) return Avoided.None;
            var places = offer.Parts.Select(part => PlaceOf(offer, part)).Append(offer.Worker).ToHashSet();
            owners = OwnersAt(offer);
            recent = [.. faults.Select(job => (job.Key, job.Value.Known[^1])).Where(job => IsRecent(job.Item2, places))];
            last = [.. faults.Where(job => job.Value.Known.Exists(fault => IsOpen(fault, places))).Select(job => job.Key)];
        }
        last = [.. last.Union(recent.Select(job => job.Job))];
        if (last.Count == 0) return Avoided.None with { Accounts = owners };
        var others = workers().ToList();
        var elsewhere = recent.Where(
            job => others.Exists(other => Places(other, job.Last.Model).Any(place => place != job.Last.Place))).ToList();
        return new Avoided(
            last, [.. elsewhere.Select(job => job.Job)],
            elsewhere.Count == 0 ? null : elsewhere.Min(job => job.Last.At) + ElsewhereFirst) { Accounts = owners };
    }

    /// <summary>Whose jobs failed last on the parts that this offer would use.</summary>
    private List<int> OwnersAt(ClaimOffer offer)
    {
        var used = offer.Parts.Where(part => part.Models.Any(offer.Models.Contains)).Select(part => PlaceOf(offer, part))
            .Append(offer.Worker).ToHashSet();
        return
        [
            .. accounts.Where(fault => used.Contains(fault.Key.Place) && clock.GetUtcNow() - fault.Value.At < OthersFirst)
                .Select(fault => fault.Key.Account).Distinct(),
        ];
    }

    private bool IsRecent(Fault fault, HashSet<string> places) =>
        places.Contains(fault.Place) && clock.GetUtcNow() - fault.At < ElsewhereFirst;

    /// <summary>
    /// The part was not seen to work since. Until then the job may be what breaks it, so other jobs go first, however long ago
    /// it failed.
    /// </summary>
    private static bool IsOpen(Fault fault, HashSet<string> places) => places.Contains(fault.Place) && !fault.IsTheJobs;

    /// <summary>Where a worker would run a model now.</summary>
    private static IEnumerable<string> Places(ClaimOffer offer, string model) =>
        !offer.Models.Contains(model) ? []
        : offer.Parts.Where(part => part.Models.Contains(model)).Select(part => PlaceOf(offer, part)) is var places
            && places.Any()
            ? places
            : [offer.Worker];

    /// <summary>Slots of one process share its engines.</summary>
    private static string PlaceOf(ClaimOffer offer, PartHealth part) =>
        $"{offer.Worker[..Math.Max(0, offer.Worker.LastIndexOf('/'))]}: {part.Name}";

    private sealed class JobFaults
    {
        /// <summary>The failures that were not counted as an attempt yet; the latest is last.</summary>
        public List<Fault> Known { get; } = [];

        public int Count { get; set; }

        public long LatestFence { get; set; }

        public FaultVerdict LatestVerdict { get; set; }
    }

    private sealed class Fault(string place, string model, int proofs, DateTimeOffset at)
    {
        public string Place => place;

        public string Model => model;

        /// <summary>The proofs of the part when the job failed.</summary>
        public int Proofs => proofs;

        public DateTimeOffset At => at;

        public bool IsTheJobs { get; set; }
    }
}

/// <summary>How a failure of an engine counts for its job.</summary>
public enum FaultVerdict
{
    /// <summary>The engine's; the job is queued again.</summary>
    Engine,

    /// <summary>An attempt of the job.</summary>
    Attempt,

    /// <summary>The job failed on engines too often and ends.</summary>
    TooMany,
}

/// <summary>The jobs that failed on a worker's engine.</summary>
/// <param name="IfOthersWait">The worker takes any other job first.</param>
/// <param name="Elsewhere">Those that another worker can run; they are left to it until <paramref name="Until"/>.</param>
public sealed record Avoided(IReadOnlyList<long> IfOthersWait, IReadOnlyList<long> Elsewhere, DateTimeOffset? Until)
{
    public static Avoided None { get; } = new([], [], null);

    /// <summary>
    /// The accounts whose jobs failed last there; any other account's job goes first. The engine may be healthy and fail only on
    /// what one account asks for, and any number of different jobs may ask for it.
    /// </summary>
    public IReadOnlyList<int> Accounts { get; init; } = [];
}
