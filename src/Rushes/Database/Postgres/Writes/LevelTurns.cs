using Rushes.Database.Rows;

namespace Rushes.Database.Postgres.Writes;

/// <summary>Back to first come, first served. True: some job had a turn. Other gateways may hold those jobs: they are told.</summary>
internal sealed class LevelTurns(CancellationToken cancel) : SingleWrite<bool>(cancel)
{
    protected override async Task<bool> ApplyAsync(Transaction transaction)
    {
        var leveled = await transaction.ChangeAsync(
            $"UPDATE jobs SET turn = 0 WHERE (state IN (0, 2, 6) OR state = 1) AND turn > 0 RETURNING {ChangeRow.Columns}", [], row => ChangeRow.Read(row, transaction.Now));
        foreach (var change in leveled) transaction.Publish(change);
        await transaction.RunAsync("DELETE FROM turns");
        return leveled.Count > 0;
    }
}
