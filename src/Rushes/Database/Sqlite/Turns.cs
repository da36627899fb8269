using Rushes.Database.Shared;
using Rushes.Jobs;

namespace Rushes.Database.Sqlite;

/// <summary>The turns of accounts, which are only in the database.</summary>
internal static class Turns
{
    /// <summary>The turn of a new job; see <see cref="FairShare"/>.</summary>
    public static long Next(Transaction transaction, NewJob job, int weight)
    {
        if (!IsWaitedFor(transaction, job) && Farthest(transaction, job) is var farthest and > 0)
            Start(transaction, job.Lane, job.Tier, job.Priority, farthest);

        using var select = transaction.Prepare($"""
            SELECT
              coalesce((SELECT started FROM turns WHERE lane = ?1 AND tier = ?2 AND priority = ?3), 0),
              coalesce((SELECT max(turn) FROM jobs INDEXED BY jobs_turns
                        WHERE account = ?4 AND lane = ?1 AND tier = ?2 AND priority = ?3 AND state IN {StateNumbers.Waiting}
                          AND turn > 0), 0)
            """);
        select.Bind(job.Lane).Bind(job.Tier).Bind(job.Priority).Bind(job.Account).Step();
        return FairShare.Turn(select.Long(0), select.Long(1), weight);
    }

    private static bool IsWaitedFor(Transaction transaction, NewJob job)
    {
        using var select = transaction.Prepare($"""
            SELECT 1 FROM jobs INDEXED BY jobs_queued WHERE lane = ? AND tier = ? AND priority = ?
              AND state IN {StateNumbers.Queued} LIMIT 1
            """);
        return select.Bind(job.Lane).Bind(job.Tier).Bind(job.Priority).Step();
    }

    /// <summary>
    /// A lane that was empty starts at the furthest lane. Otherwise its jobs would go first at workers that serve several
    /// lanes, until its turns had caught up.
    /// </summary>
    private static long Farthest(Transaction transaction, NewJob job)
    {
        using var select = transaction.Prepare("SELECT coalesce(max(started), 0) FROM turns WHERE tier = ? AND priority = ?");
        select.Bind(job.Tier).Bind(job.Priority).Step();
        return select.Long(0);
    }

    public static void Start(Transaction transaction, string lane, int tier, int priority, long turn)
    {
        using var upsert = transaction.Prepare($"""
            INSERT INTO turns (lane, tier, priority, started) VALUES (?, ?, ?, ?)
            ON CONFLICT (lane, tier, priority) DO UPDATE SET started = max(started, excluded.started)
            """);
        upsert.Bind(lane).Bind(tier).Bind(priority).Bind(turn).Execute();
    }

    /// <summary>
    /// Resets the turns of lanes without unfinished jobs. Earlier would be wrong: a job that is retried or approved keeps its
    /// turn and would be behind jobs counted from zero.
    /// </summary>
    public static void Forget(Transaction transaction)
    {
        using var delete = transaction.Prepare($"""
            DELETE FROM turns WHERE
              NOT EXISTS (SELECT 1 FROM jobs INDEXED BY jobs_queued WHERE state IN {StateNumbers.Queued}
                AND jobs.lane = turns.lane AND jobs.tier = turns.tier AND jobs.priority = turns.priority)
              AND NOT EXISTS (SELECT 1 FROM jobs INDEXED BY jobs_running WHERE state = {StateNumbers.Running}
                AND jobs.lane = turns.lane AND jobs.tier = turns.tier AND jobs.priority = turns.priority)
              AND NOT EXISTS (SELECT 1 FROM jobs INDEXED BY jobs_awaiting WHERE state = {StateNumbers.Awaiting}
                AND jobs.lane = turns.lane AND jobs.tier = turns.tier AND jobs.priority = turns.priority)
            """);
        delete.Execute();
    }

    /// <summary>Removes all turns. Returns whether any job had one.</summary>
    public static bool Level(Transaction transaction)
    {
        var found = Clear(
            transaction,
            $"UPDATE jobs INDEXED BY jobs_turns SET turn = 0 WHERE state IN {StateNumbers.Waiting} AND turn > 0 RETURNING 1")
            | Clear(
                transaction,
                $"""
                UPDATE jobs INDEXED BY jobs_running SET turn = 0 WHERE state = {StateNumbers.Running} AND turn > 0 RETURNING 1
                """);
        using var forget = transaction.Prepare(Statements.ForgetTurns);
        forget.Execute();
        return found;
    }

    private static bool Clear(Transaction transaction, string sql)
    {
        using var update = transaction.Prepare(sql);
        var any = false;
        while (update.Step()) any = true;
        return any;
    }
}
