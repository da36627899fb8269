namespace Rushes.Database.Sqlite.Writes;

/// <summary>Back to first come, first served. True: some job had a turn.</summary>
internal sealed class LevelTurns(CancellationToken cancel) : Write<bool>(cancel)
{
    public override bool HasSeveralStatements => true;

    protected override bool Apply(Transaction transaction)
    {
        var found = Level(transaction, "UPDATE jobs INDEXED BY jobs_turns SET turn = 0 WHERE state IN (0, 2, 6) AND turn > 0 RETURNING 1")
            | Level(transaction, "UPDATE jobs INDEXED BY jobs_running SET turn = 0 WHERE state = 1 AND turn > 0 RETURNING 1");
        using var forget = transaction.Prepare("DELETE FROM turns");
        forget.Execute();
        return found;
    }

    private static bool Level(Transaction transaction, string sql)
    {
        using var update = transaction.Prepare(sql);
        var any = false;
        while (update.Step()) any = true;
        return any;
    }
}
