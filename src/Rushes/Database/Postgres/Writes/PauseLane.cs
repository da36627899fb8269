using Rushes.Accounts;

namespace Rushes.Database.Postgres.Writes;

/// <summary>Claims pass a paused lane over.</summary>
internal sealed class PauseLane(LanePause pause, string actor, CancellationToken cancel) : SingleWrite<bool>(cancel)
{
    protected override async Task<bool> ApplyAsync(Transaction transaction)
    {
        var changed = await transaction.RunAsync(
            pause.Paused ? "INSERT INTO paused_lanes (lane) VALUES ($1) ON CONFLICT DO NOTHING" : "DELETE FROM paused_lanes WHERE lane = $1", pause.Lane);
        if (changed == 0) return false;

        transaction.Publish(pause);
        await AppendAudit.ToAsync(transaction, new AuditEntry(actor, pause.Paused ? "lane paused" : "lane resumed", $"lane {pause.Lane}", Detail.Empty));
        return true;
    }
}
