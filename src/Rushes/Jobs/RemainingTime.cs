namespace Rushes.Jobs;

/// <summary>The expected remaining time of a run, from the time that such runs take and from its own progress.</summary>
public static class RemainingTime
{
    /// <summary>
    /// Before the first step, the expected time less the time that passed; null once that is exceeded, because nothing is known
    /// then. After it, the time of the steps that are left; of a kind of run whose time was learned, at least what such runs
    /// usually need until their end, which can have more to do after the last step.
    /// </summary>
    public static TimeSpan? Of(ExpectedTime expected, LiveRun run, DateTimeOffset now)
    {
        var usual = expected.Whole - (now - run.StartedAt);
        if (run.Pace.Done == 0) return usual > TimeSpan.Zero ? usual : null;
        var steps = OfSteps(expected.Whole, run, now);
        return expected.IsLearned && usual > steps ? usual : steps;
    }

    /// <summary>
    /// The share that is not done of the whole time. The measured pace counts half of that whole at first and all of it from
    /// half-way on: with these weights the remaining time of a steady run only falls, however wrong the expected time was.
    /// Between two steps it falls as if the next step were on its way, and waits for a late one.
    /// </summary>
    private static TimeSpan OfSteps(TimeSpan expected, LiveRun run, DateTimeOffset now)
    {
        var measured = run.Pace.Whole;
        var rest = 1 - run.Pace.Done - OfNextStep(measured ?? expected, run, now);
        if (rest <= 0) return TimeSpan.Zero;
        if (measured is not { } pace) return rest * expected;
        var weight = Math.Min(1, 0.5 / rest);
        return rest * (weight * pace + (1 - weight) * expected);
    }

    /// <summary>The share of the run that has passed since the last step, at most one step.</summary>
    private static double OfNextStep(TimeSpan whole, LiveRun run, DateTimeOffset now)
    {
        var step = 1.0 / Math.Max(1, run.Progress.Total);
        var since = now - run.Pace.DoneAt;
        if (whole <= TimeSpan.Zero || since <= TimeSpan.Zero) return 0;
        return Math.Min(step, since / whole);
    }
}
