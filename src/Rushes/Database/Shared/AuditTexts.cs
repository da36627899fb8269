using Rushes.Accounts;
using Rushes.Jobs;

namespace Rushes.Database.Shared;

/// <summary>The texts of audit entries that the databases record with a change.</summary>
internal static class AuditTexts
{
    public static AuditEntry AccountCreated(string actor, Account account) =>
        new(actor, "account created", $"account {account.Id}", Detail.Of(("name", account.Name), ("plan", account.Plan)));

    public static AuditEntry AccountChanged(string actor, int id, AccountChange change) => new(
        actor, "account changed", $"account {id}",
        Detail.Of(
            ("name", change.Name), ("plan", change.Plan), ("suspended", change.Suspended),
            // Its path or query can contain a secret.
            ("webhook_host", change.WebhookUrl is { } url ? Delivery.HostOf(url) : null)));

    public static AuditEntry KeyCreated(string actor, ApiKey key) =>
        new(actor, "key created", $"key {key.Id}", Detail.OfKey(key));

    public static AuditEntry KeyChanged(string actor, ApiKey key) =>
        new(actor, "key changed", $"key {key.Id}", Detail.OfKey(key));

    public static AuditEntry FirstKeySet(ApiKey key) =>
        new(AuditEntry.System, "first key set", $"key {key.Id}", Detail.OfKey(key));

    public static AuditEntry KeyRevoked(string actor, ApiKey key) =>
        new(actor, "key revoked", $"key {key.Id}", Detail.OfKey(key));

    public static AuditEntry KeyRotated(string actor, long old, ApiKey made, DateTimeOffset oldUntil) =>
        new(actor, "key rotated", $"key {old}", Detail.Of(("new", made.Id), ("old_until", oldUntil.ToString("O"))));

    public static AuditEntry CreditChanged(string actor, CreditChange change) => new(
        actor, change.Amount > 0 ? "credit added" : "credit taken", $"account {change.Account}",
        Detail.Of(("amount", Money.Text(Math.Abs(change.Amount))), ("currency", change.Currency), ("note", change.Note)));

    public static AuditEntry ReportClosed(string actor, Report report) => new(
        actor, "report closed", $"report {report.Id}",
        Detail.Of(("job", report.Job), ("account", report.Account), ("reason", report.Reason), ("note", report.Note)));

    public static AuditEntry MovedToFront(string actor, Job job) => new(
        actor, "job moved to front", $"job {job.Id}",
        Detail.Of(("account", job.Account), ("lane", job.Lane), ("tier", job.Tier)));

    public static AuditEntry LanePaused(string actor, LanePause pause) =>
        new(actor, pause.Paused ? "lane paused" : "lane resumed", $"lane {pause.Lane}", Detail.Empty);
}
