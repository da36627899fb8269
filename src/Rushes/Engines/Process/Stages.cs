using System.Globalization;
using System.Text.RegularExpressions;
using Rushes.Jobs;

namespace Rushes.Engines.Process;

/// <summary>A part of a run, recognized in its output.</summary>
/// <param name="Tasks">Its units; null: the run's steps.</param>
/// <param name="Bars">The number of progress bars in it, such as one for each expert; null: one for each clip.</param>
/// <param name="Progress">Has the groups <c>done</c> and <c>total</c>.</param>
/// <param name="Ends">Printed at its end.</param>
internal sealed record Stage(string Name, int? Tasks, int? Bars, Regex? Progress, Regex? Ends);

/// <summary>An output line after which no video follows, and the message for the customer.</summary>
/// <param name="Code">A stable identifier, such as <c>engine_failed</c>.</param>
internal sealed record Fault(Regex Line, string Message, Blame Blame, string Code = "engine_failed")
{
    public JobError Error => new(Code, Message);
}

/// <summary>Counts a run's tasks from its output. They only increase: a later stage completes those before it.</summary>
internal sealed class StageCounter
{
    private readonly Lock gate = new();
    private readonly (Stage Stage, int Tasks)[] stages;
    private readonly int clips;
    private readonly RequestWords words;
    private int at;
    private int bar;
    private double barDone;
    private bool begun;
    private int done;

    public StageCounter(IReadOnlyList<Stage> stages, int? steps, int clips = 1, RequestWords? words = null)
    {
        (this.clips, this.words) = (clips, words ?? RequestWords.None);
        this.stages = [.. stages.Select(stage => (stage, Math.Max(1, stage.Tasks ?? steps ?? 1)))];
        Total = Math.Max(1, this.stages.Sum(stage => stage.Tasks));
    }

    public int Total { get; }

    /// <summary>The current stage; null after the last, or if none are known.</summary>
    public string? Stage
    {
        get
        {
            lock (gate) return at < stages.Length ? stages[at].Stage.Name : null;
        }
    }

    /// <summary>The tasks after this line; null until the run has started.</summary>
    public EngineEvent.Tasks? Read(string line)
    {
        lock (gate)
        {
            begun |= stages.Length == 0;
            for (var index = at; index < stages.Length; index++)
            {
                if (words.Finds(stages[index].Stage.Ends, line) is not null) Move(index + 1);
                else if (words.Finds(stages[index].Stage.Progress, line) is { } match) Count(index, match);
                else continue;
                begun = true;
                break;
            }
            return begun ? new EngineEvent.Tasks(done, Total) : null;
        }
    }

    private void Move(int index)
    {
        if (index == at) return;
        (at, bar, barDone) = (index, 0, 0);
        done = stages.Take(index).Sum(stage => stage.Tasks);
    }

    private void Count(int index, Match match)
    {
        if (!int.TryParse(match.Groups["done"].ValueSpan, CultureInfo.InvariantCulture, out var count)
            || !int.TryParse(match.Groups["total"].ValueSpan, CultureInfo.InvariantCulture, out var total) || total <= 0)
            return;
        Move(index);
        var (stage, tasks) = stages[index];
        var share = Math.Clamp((double)count / total, 0, 1);
        var bars = stage.Bars ?? clips;
        if (share < barDone && bar < bars - 1) bar++;
        barDone = share;
        var before = stages.Take(index).Sum(earlier => earlier.Tasks);
        done = Math.Max(done, before + (int)(tasks * (bar + share) / bars));
    }
}
