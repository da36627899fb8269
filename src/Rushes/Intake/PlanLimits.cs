using System.IO.Enumeration;
using Rushes.Accounts;
using Rushes.Catalog;
using Rushes.Jobs;

namespace Rushes.Intake;

/// <summary>
/// The limits of account plans, in the order in which a request is checked. Plans without limits cost nothing.
/// </summary>
/// <param name="fairShare">Accounts take turns by their plan's weight.</param>
/// <param name="isUnavailable">Whether no worker can run a model now.</param>
public sealed class PlanLimits(
    Func<int, Plan> planOf, ModelCatalog catalog, RateLimits rates, QueuePlaces places, bool fairShare,
    Func<string, bool>? isUnavailable = null)
{
    private static readonly TimeSpan WhenUnavailable = TimeSpan.FromMinutes(1);

    private static readonly TimeSpan WhenFull = TimeSpan.FromSeconds(10);

    /// <summary>The account's weight for new jobs; null without fair share.</summary>
    public int? WeightOf(int account) => fairShare ? planOf(account).Weight ?? 1 : null;

    /// <summary>Whether the plan allows this model.</summary>
    public Problem? CheckModel(int account, Model model)
    {
        var plan = planOf(account);
        if (plan.MaxTier is { } highest && model.Tier.Rank > catalog.Tiers[highest].Rank)
            return NotAllowed(
                plan, $"does not allow {model.Id}, which is of the tier {model.Tier.Name}; the highest allowed is {highest}");
        if (plan.Models is { } patterns
            && !patterns.Any(pattern => FileSystemName.MatchesSimpleExpression(pattern, model.Id, ignoreCase: false)))
            return NotAllowed(plan, $"does not allow {model.Id}; it allows {string.Join(", ", patterns)}");
        return null;
    }

    /// <summary>Whether the plan rejects requests for a model because no worker can run it now.</summary>
    public Problem? CheckAvailable(int account, Model model) =>
        planOf(account).RejectUnavailable && isUnavailable?.Invoke(model.Id) == true
            ? new Problem(ProblemKind.Unavailable, $"No worker can run {model.Id} at the moment; send the request again later.")
            {
                Code = "model_unavailable", RetryAfter = WhenUnavailable,
            }
            : null;

    /// <summary>Counts a new job. Call it once per job, before work is spent on it.</summary>
    public Problem? CountJob(int account)
    {
        if (planOf(account) is { MaxQueued: { } most } plan && !places.IsFree(account, most)) return QueueFull(plan, most);
        return rates.TakeJob(account) is { Rejected: true } quota
            ? TooMany(
                $"At most {quota.Limit} new jobs in {planOf(account).WindowSeconds} seconds are allowed by the plan "
                    + $"\"{planOf(account).Name}\".",
                quota.Reset)
            : null;
    }

    /// <summary>
    /// Counts a dry run, which costs as much as a new job until the job is stored. Dry runs have their own window.
    /// </summary>
    public Problem? CountDryRun(int account) => rates.TakeDryRun(account) is { Rejected: true } quota
        ? TooMany(
            $"At most {quota.Limit} dry runs in {planOf(account).WindowSeconds} seconds are allowed by the plan "
                + $"\"{planOf(account).Name}\".",
            quota.Reset)
        : null;

    /// <param name="bytes">Of the request's media so far.</param>
    /// <param name="field">The field that was added last.</param>
    public Problem? CheckInputBytes(int account, long bytes, string field) =>
        planOf(account) is { MaxInputBytes: { } most } plan && bytes > most
        ? new Problem(
            ProblemKind.TooLarge, $"The request's media are {bytes} bytes or more; the plan \"{plan.Name}\" allows {most}.",
            field)
        : null;

    /// <summary>How many more bytes of media the request may contain.</summary>
    public long InputBytesLeft(int account, long bytes) =>
        planOf(account).MaxInputBytes is { } most ? Math.Max(0, most - bytes) : long.MaxValue;

    /// <param name="video">As delivered.</param>
    /// <param name="seconds">The rendered length at the model's own frame rate; a higher frame rate makes the file shorter
    /// but not the run.</param>
    public Problem? CheckVideo(int account, Family family, VideoFormat video, double seconds)
    {
        var plan = planOf(account);
        var side = Math.Max(video.Width, video.Height);
        if (side > plan.MaxSide)
            return NotAllowed(plan, $"allows videos of {plan.MaxSide} pixels on the longer side; this one would have {side}");
        // The rounding of one frame does not count.
        if (video.Seconds - 1 / video.Rate > plan.MaxSeconds)
            return NotAllowed(plan, $"allows videos of {plan.MaxSeconds:0.##} seconds; this one would have {video.Seconds:0.##}");
        if (seconds - 1.0 / family.FramesPerSecond > plan.MaxSeconds)
            return NotAllowed(
                plan,
                $"allows videos of {plan.MaxSeconds:0.##} seconds; "
                    + $"this one has the frames of {seconds:0.##} at {family.FramesPerSecond} a second");
        return null;
    }

    /// <summary>A place in the queue; dispose it once the job is in the queue.</summary>
    public (IDisposable? Place, Problem? Problem) Enter(int account)
    {
        if (planOf(account) is not { MaxQueued: { } most } plan) return default;
        return places.Take(account, most) is { } place ? (place, null) : (null, QueueFull(plan, most));
    }

    /// <summary>The limit for the job's commit; see <see cref="NewJob.QueueLimit"/>.</summary>
    public QueueLimit? QueueLimitOf(int account) => planOf(account).MaxQueued is { } most ? places.LimitOf(account, most) : null;

    /// <summary>The answer to a request that found the queue full when it was committed.</summary>
    public Problem QueueFull(int account, QueueLimit limit) => QueueFull(planOf(account), limit.MaxQueued);

    private static Problem QueueFull(Plan plan, int most) =>
        TooMany(
            $"{most} jobs are waiting, which is what the plan \"{plan.Name}\" allows; "
                + "wait until some have started, or cancel some.",
            WhenFull);

    private static Problem TooMany(string message, TimeSpan wait) => new(ProblemKind.TooMany, message) { RetryAfter = wait };

    private static Problem NotAllowed(Plan plan, string reason) =>
        new(ProblemKind.NotAllowed, $"The plan \"{plan.Name}\" {reason}.");
}
