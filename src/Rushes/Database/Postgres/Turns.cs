using Rushes.Database.Shared;
using Rushes.Jobs;

namespace Rushes.Database.Postgres;

/// <summary>
/// Assigns turns to the new jobs of a group. The turns are stored in the database and loaded for each group.
/// </summary>
internal sealed class Turns
{
    private readonly Query<(Class At, bool Waited, long Started, long Farthest)> classes;
    private readonly Query<(int Account, Class At, long Turn)> last;

    private readonly Dictionary<Class, State> states = [];
    private readonly Dictionary<(int, Class), long> lastTurns = [];

    /// <param name="jobs">The new jobs that take turns.</param>
    public Turns(IReadOnlyList<NewJob> jobs)
    {
        var asked = jobs.Select(Class.Of).Distinct().ToArray();
        classes = new(
            $"""
            SELECT lane, tier, priority,
              EXISTS (SELECT FROM jobs WHERE jobs.lane = asked.lane AND jobs.tier = asked.tier
                AND jobs.priority = asked.priority AND state IN {StateNumbers.Queued}),
              coalesce((SELECT started FROM turns WHERE turns.lane = asked.lane AND turns.tier = asked.tier
                AND turns.priority = asked.priority), 0),
              coalesce((SELECT max(started) FROM turns WHERE turns.tier = asked.tier AND turns.priority = asked.priority), 0)
            FROM unnest($1::text[], $2::integer[], $3::integer[]) AS asked (lane, tier, priority)
            """,
            Values(asked), row => (new Class(row.Text(0), row.Int(1), row.Int(2)), row.Bool(3), row.Long(4), row.Long(5)));
        var owners = jobs.Select(job => (job.Account, At: Class.Of(job))).Distinct().ToArray();
        last = new(
            $"""
            SELECT account, lane, tier, priority,
              coalesce((SELECT max(turn) FROM jobs WHERE jobs.account = asked.account
                AND jobs.lane = asked.lane AND jobs.tier = asked.tier AND jobs.priority = asked.priority
                  AND state IN {StateNumbers.Waiting} AND turn > 0), 0)
            FROM unnest($1::text[], $2::integer[], $3::integer[], $4::integer[]) AS asked (lane, tier, priority, account)
            """,
            [.. Values([.. owners.Select(owner => owner.At)]), owners.Select(owner => owner.Account).ToArray()],
            row => (row.Int(0), new Class(row.Text(1), row.Int(2), row.Int(3)), row.Long(4)));
    }

    /// <summary>The queries to run first.</summary>
    public Statement[] Statements => [classes, last];

    /// <summary>Call it for each new job in order; see <see cref="FairShare"/>.</summary>
    public long Next(NewJob job)
    {
        if (states.Count == 0) Take();
        if (!states.TryGetValue(Class.Of(job), out var state)) return 0;
        var turn = 0L;
        if (job.Weight is { } weight)
        {
            // A lane that was empty starts at the furthest lane. Otherwise its jobs would go first at workers that serve
            // several lanes, until its turns had caught up.
            if (!state.Waited) state.Start(state.Farthest);
            var owner = (job.Account, Class.Of(job));
            turn = FairShare.Turn(state.Started, lastTurns.GetValueOrDefault(owner), weight);
            lastTurns[owner] = turn;
        }

        state.Waited |= job.ApproveBy is null;
        return turn;
    }

    /// <summary>Stores the turns that were started.</summary>
    public Statement? Write() =>
        states.Where(state => state.Value.IsChanged)
            .Select(state => (state.Key, state.Value.Started))
            .ToArray() is { Length: > 0 } started
            ? Start(started)
            : null;

    /// <summary>Stores that these turns were started.</summary>
    public static Statement Start(IReadOnlyCollection<(Class At, long Turn)> turns)
    {
        var most = turns.GroupBy(turn => turn.At).Select(turn => (At: turn.Key, Turn: turn.Max(each => each.Turn))).ToArray();
        return new Statement(
            """
            INSERT INTO turns (lane, tier, priority, started) SELECT * FROM unnest($1::text[], $2::integer[], $3::integer[],
              $4::bigint[])
            ON CONFLICT (lane, tier, priority) DO UPDATE SET started = greatest(turns.started, excluded.started)
            """,
            [.. Values([.. most.Select(turn => turn.At)]), most.Select(turn => turn.Turn).ToArray()]);
    }

    /// <summary>The condition of turns of lanes without unfinished jobs.</summary>
    public const string Unneeded = $"""
          NOT EXISTS (SELECT FROM jobs WHERE state IN {StateNumbers.Queued} AND jobs.lane = turns.lane
            AND jobs.tier = turns.tier AND jobs.priority = turns.priority)
          AND NOT EXISTS (SELECT FROM jobs WHERE state = {StateNumbers.Running} AND jobs.lane = turns.lane
            AND jobs.tier = turns.tier AND jobs.priority = turns.priority)
          AND NOT EXISTS (SELECT FROM jobs WHERE state = {StateNumbers.Awaiting} AND jobs.lane = turns.lane
            AND jobs.tier = turns.tier AND jobs.priority = turns.priority)
        """;

    /// <summary>
    /// Resets the turns of lanes without unfinished jobs. Earlier would be wrong: a job that is retried or approved keeps its
    /// turn and would be behind jobs counted from zero.
    /// </summary>
    public static Statement Forget() => new($"DELETE FROM turns WHERE {Unneeded}");

    private static object?[] Values(Class[] classes) =>
        [
            classes.Select(at => at.Lane).ToArray(), classes.Select(at => at.Tier).ToArray(),
            classes.Select(at => at.Priority).ToArray(),
        ];

    private void Take()
    {
        foreach (var found in classes.Rows)
            states[found.At] = new State { Waited = found.Waited, Started = found.Started, Farthest = found.Farthest };
        foreach (var found in last.Rows) lastTurns[(found.Account, found.At)] = found.Turn;
    }

    /// <summary>The group of jobs within which accounts take turns.</summary>
    public readonly record struct Class(string Lane, int Tier, int Priority)
    {
        public static Class Of(NewJob job) => new(job.Lane, job.Tier, job.Priority);
    }

    private sealed class State
    {
        public bool Waited { get; set; }

        public long Started { get; set; }

        public long Farthest { get; init; }

        public bool IsChanged { get; private set; }

        public void Start(long turn)
        {
            if (turn <= Started) return;
            (Started, IsChanged) = (turn, true);
        }
    }
}
