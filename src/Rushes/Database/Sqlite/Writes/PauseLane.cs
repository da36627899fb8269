using Rushes.Accounts;

namespace Rushes.Database.Sqlite.Writes;

/// <summary>Claims pass a paused lane over.</summary>
internal sealed class PauseLane(LanePause pause, string actor, CancellationToken cancel) : Write<bool>(cancel)
{
    public override bool HasSeveralStatements => true;

    protected override bool Apply(Transaction transaction)
    {
        using var change = transaction.Prepare(pause.Paused
            ? "INSERT INTO paused_lanes (lane) VALUES (?) ON CONFLICT DO NOTHING RETURNING 1"
            : "DELETE FROM paused_lanes WHERE lane = ? RETURNING 1");
        if (!change.Bind(pause.Lane).Step()) return false;

        transaction.Publish(pause);
        AppendAudit.To(transaction, new AuditEntry(actor, pause.Paused ? "lane paused" : "lane resumed", $"lane {pause.Lane}", Detail.Empty));
        return true;
    }
}
