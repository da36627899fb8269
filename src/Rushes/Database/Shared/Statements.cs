using static Rushes.Database.Shared.StateNumbers;

namespace Rushes.Database.Shared;

/// <summary>
/// Statements that both databases share. Parameters are numbered in the order in which they first appear: SQLite assigns
/// numbers in that order, and PostgreSQL uses the numbers themselves.
/// </summary>
internal static class Statements
{
    /// <summary>
    /// All accounts and hosts with pending deliveries, and when the first of each is due: one index lookup for each, however
    /// many deliveries it has.
    /// </summary>
    private const string Waiting = $"""
        WITH RECURSIVE owners (account) AS (
          SELECT min(account) FROM deliveries WHERE state = {DeliveryPending}
          UNION ALL
          SELECT (SELECT min(account) FROM deliveries WHERE state = {DeliveryPending} AND account > owners.account)
          FROM owners WHERE account IS NOT NULL),
        places (account, host) AS (
          SELECT account, (SELECT min(host) FROM deliveries WHERE state = {DeliveryPending} AND account = owners.account)
          FROM owners WHERE account IS NOT NULL
          UNION ALL
          SELECT account, (SELECT min(host) FROM deliveries
            WHERE state = {DeliveryPending} AND account = places.account AND host > places.host)
          FROM places WHERE host IS NOT NULL),
        waiting AS (
          SELECT account, host, (SELECT min(next_at) FROM deliveries
            WHERE state = {DeliveryPending} AND account = places.account AND host = places.host) AS due
          FROM places WHERE host IS NOT NULL)
        """;

    public const string FindJob = $"SELECT {JobRow.Columns} FROM jobs WHERE id = $1";

    /// <summary>The tables delete with a job all that refers to it.</summary>
    public const string DeleteJob = "DELETE FROM jobs WHERE id = $1";

    /// <summary>The stored bytes of an account: its files and the requests of its jobs.</summary>
    public const string ReadStoredBytes = """
        SELECT coalesce((SELECT bytes FROM stored_bytes WHERE account = $1), 0)
          + coalesce((SELECT bytes FROM stored_requests WHERE account = $1), 0)
        """;

    /// <summary>The same for every account that ever stored something.</summary>
    public const string ReadAllStoredBytes = """
        SELECT account, CAST(sum(bytes) AS bigint)
        FROM (SELECT account, bytes FROM stored_bytes UNION ALL SELECT account, bytes FROM stored_requests) AS stored
        GROUP BY account
        """;

    public const string ReadPastRuns = $"SELECT {RunRow.PastColumns} FROM past_runs WHERE job = $1 ORDER BY fence";

    public const string ForgetTurns = "DELETE FROM turns";

    /// <summary>
    /// One query for both tables, so that an attempt recorded in between cannot be missing from one of them.
    /// </summary>
    public const string ReadDeliveries = $"""
        SELECT {DeliveryRow.ColumnsWithTry} FROM deliveries LEFT JOIN delivery_tries ON delivery = id
        WHERE job = $1 AND account = $2 ORDER BY id, number
        """;

    /// <summary>Deliveries of an account to a host that are due at a time, at most as many as fit in a claim.</summary>
    public const string ReadWaitingDeliveries = $"""
        {Waiting}
        SELECT account, host, due, CAST((SELECT count(*) FROM (
          SELECT 1 FROM deliveries WHERE state = {DeliveryPending} AND deliveries.account = waiting.account
            AND deliveries.host = waiting.host AND next_at <= $1 LIMIT $2) AS ready) AS integer)
        FROM waiting WHERE due <= $1
        """;

    /// <summary>When the next delivery is due after a time. Those that are due and over a limit have no effect on it.</summary>
    public const string NextDelivery = $"{Waiting} SELECT min(due) FROM waiting WHERE due > $1";

    public const string Redeliver = $"""
        UPDATE deliveries SET state = {DeliveryPending}, run_tries = 0, next_at = $1, ended_at = NULL
        WHERE id = $2 AND account = $3
        RETURNING id
        """;

    public const string PauseLane = "INSERT INTO paused_lanes (lane) VALUES ($1) ON CONFLICT DO NOTHING RETURNING lane";
    public const string ResumeLane = "DELETE FROM paused_lanes WHERE lane = $1 RETURNING lane";
    public const string ReadPausedLanes = "SELECT lane FROM paused_lanes ORDER BY lane";

    public const string InsertAccount = $"""
        INSERT INTO accounts (name, plan, created_at) VALUES ($1, $2, $3) ON CONFLICT (name) DO NOTHING
        RETURNING {AccountRow.Columns}
        """;

    public const string UpdateAccount = $"""
        UPDATE accounts SET name = coalesce($1, name), plan = coalesce($2, plan), suspended = coalesce($3, suspended),
          webhook_url = nullif(coalesce($4, webhook_url), '')
        WHERE id = $5
        RETURNING {AccountRow.Columns}
        """;

    /// <summary>A valid key with the scope $2 at the time $3, of an active account other than $1.</summary>
    public const string FindKeyOfOtherAccount = $"{KeysOfActiveAccounts} k.account <> $1 {WithScope}";

    /// <summary>The same, other than the key $1.</summary>
    public const string FindOtherKey = $"{KeysOfActiveAccounts} k.id <> $1 {WithScope}";

    private const string KeysOfActiveAccounts =
        "SELECT k.id FROM api_keys k JOIN accounts a ON a.id = k.account WHERE NOT a.suspended AND";

    /// <summary>Keys of people do not count, because their provider can be down.</summary>
    private const string WithScope = """
        AND k.person IS NULL AND (k.scopes & $2) <> 0 AND k.revoked_at IS NULL AND (k.expires_at IS NULL OR k.expires_at > $3)
        LIMIT 1
        """;

    public const string FindAccount = "SELECT id FROM accounts WHERE name = $1";
    public const string ReadAccounts = $"SELECT {AccountRow.Columns} FROM accounts ORDER BY id";

    public const string InsertKey = $"""
        INSERT INTO api_keys (hash, account, name, scopes, networks, created_at, expires_at) VALUES ($1, $2, $3, $4, $5, $6, $7)
        RETURNING {KeyRow.Columns}
        """;

    public const string FindKeyOfPerson = $"SELECT {KeyRow.Columns} FROM api_keys WHERE person = $1";

    public const string InsertKeyOfPerson = $"""
        INSERT INTO api_keys (hash, account, name, scopes, created_at, person) VALUES ($1, $2, $3, $4, $5, $6)
        RETURNING {KeyRow.Columns}
        """;

    public const string UpdateKeyOfPerson =
        $"UPDATE api_keys SET name = $1, scopes = $2 WHERE person = $3 RETURNING {KeyRow.Columns}";

    public const string FindKey = $"SELECT {KeyRow.Columns} FROM api_keys WHERE id = $1";
    public const string FindKeyByHash = $"SELECT {KeyRow.Columns} FROM api_keys WHERE hash = $1";
    public const string ReadKeys = $"SELECT {KeyRow.Columns} FROM api_keys ORDER BY id";
    public const string RecordKeyUse = "UPDATE api_keys SET last_used_at = $1 WHERE id = $2";
    public const string RevokeKey =
        $"UPDATE api_keys SET revoked_at = $1 WHERE id = $2 AND revoked_at IS NULL RETURNING {KeyRow.Columns}";

    /// <summary>Revokes a key at once or sets its expiry, depending on its new end.</summary>
    public const string EndKey = $"""
        UPDATE api_keys SET
          revoked_at = CASE WHEN $1 <= $2 THEN $2 END,
          expires_at = CASE WHEN $1 <= $2 OR expires_at < $1 THEN expires_at ELSE $1 END
        WHERE id = $3 RETURNING {KeyRow.Columns}
        """;

    public const string DeleteKeysByName =
        $"DELETE FROM api_keys WHERE account = $1 AND name = $2 AND revoked_at IS NULL RETURNING {KeyRow.Columns}";

    /// <summary>Inserts nothing if the key was revoked or its account is suspended.</summary>
    public const string InsertSession = """
        INSERT INTO console_sessions (hash, key, created_at, expires_at)
        SELECT $1, k.id, $2, $3 FROM api_keys k JOIN accounts a ON a.id = k.account
        WHERE k.id = $4 AND k.revoked_at IS NULL AND NOT a.suspended
        RETURNING key
        """;

    public const string FindSession = $"SELECT {SessionRow.Columns} FROM console_sessions WHERE hash = $1";
    public const string ReadSessions = $"SELECT {SessionRow.Columns} FROM console_sessions ORDER BY created_at, hash";

    public const string DeleteSession = $"DELETE FROM console_sessions WHERE hash = $1 RETURNING {SessionRow.Columns}";
    public const string DeleteExpiredSessions =
        $"DELETE FROM console_sessions WHERE expires_at <= $1 RETURNING {SessionRow.Columns}";
    public const string DeleteSessionsOfKey = $"DELETE FROM console_sessions WHERE key = $1 RETURNING {SessionRow.Columns}";

    public const string DeleteSessionsOfKeys = $"""
        DELETE FROM console_sessions WHERE key IN (SELECT id FROM api_keys WHERE account = $1 AND name = $2)
        RETURNING {SessionRow.Columns}
        """;

    public const string DeleteSessionsOfAccount = $"""
        DELETE FROM console_sessions WHERE key IN (SELECT id FROM api_keys WHERE account = $1) RETURNING {SessionRow.Columns}
        """;

    /// <summary>All sessions of a key except the newest.</summary>
    public const string DeleteOldestSessions = $"""
        DELETE FROM console_sessions
        WHERE key = $1 AND hash NOT IN (SELECT hash FROM console_sessions WHERE key = $1 ORDER BY created_at DESC, hash LIMIT $2)
        RETURNING {SessionRow.Columns}
        """;

    public const string InsertSecret = "INSERT INTO secrets (name, value) VALUES ($1, $2) ON CONFLICT (name) DO NOTHING";
    public const string FindSecret = "SELECT value FROM secrets WHERE name = $1";

    public const string InsertAudit = "INSERT INTO audit (at, actor, action, subject, detail) VALUES ($1, $2, $3, $4, $5)";
    public const string ReadAudit = $"SELECT {AuditRow.Columns} FROM audit WHERE id > $1 ORDER BY id LIMIT $2";

    public const string FindBalance = $"SELECT {LedgerRow.Columns} FROM ledger_accounts WHERE account = $1";
    public const string ReadBalances =
        $"SELECT {LedgerRow.Columns} FROM ledger_accounts ORDER BY currency, account NULLS FIRST, kind";

    /// <summary>The amount recorded under a reference, negative for a withdrawal.</summary>
    public const string FindReference = $"""
        SELECT CASE kind WHEN {GrantEntry} THEN amount ELSE -amount END FROM ledger_entries WHERE account = $1 AND reference = $2
        """;

    /// <summary>An account's entries in a period, whose ids are below $4.</summary>
    public const string ReadStatement = $"""
        SELECT {LedgerRow.EntryColumns}
        FROM ledger_entries e JOIN ledger_accounts s ON s.id = e.source JOIN ledger_accounts t ON t.id = e.target
        WHERE e.account = $1 AND e.at >= $2 AND e.at < $3 AND e.id < $4 AND e.id > $5 ORDER BY e.id LIMIT $6
        """;

    public const string InsertAccountOfCustomer =
        "INSERT INTO ledger_accounts (kind, account, currency) VALUES ($1, $2, $3) ON CONFLICT DO NOTHING";
    public const string InsertOwnAccount =
        "INSERT INTO ledger_accounts (kind, currency) VALUES ($1, $2) ON CONFLICT DO NOTHING";

    public const string InsertGrant = $"""
        INSERT INTO ledger_entries (at, kind, account, source, target, amount, note, reference)
        SELECT $1, {GrantEntry}, credit.account, issuer.id, credit.id, $2, $3, $4
        {FromCreditAndIssuer}
        """;

    public const string InsertWithdrawal = $"""
        INSERT INTO ledger_entries (at, kind, account, source, target, amount, note, reference)
        SELECT $1, {WithdrawalEntry}, credit.account, credit.id, issuer.id, $2, $3, $4
        {FromCreditAndIssuer}
        """;

    /// <summary>Append a condition on the holds.</summary>
    public const string InsertCaptures = $"""
        INSERT INTO ledger_entries (at, kind, account, source, target, amount, job)
        SELECT $1, {CaptureEntry}, hold.account, hold.target, revenue.id, hold.amount, hold.job
        FROM ledger_entries hold JOIN ledger_accounts held ON held.id = hold.target
          JOIN ledger_accounts revenue ON revenue.account IS NULL AND revenue.kind = {RevenueAccount}
            AND revenue.currency = held.currency
        WHERE hold.kind = {HoldEntry} AND
        """;

    /// <summary>Append a condition on the holds.</summary>
    public const string InsertReleases = $"""
        INSERT INTO ledger_entries (at, kind, account, source, target, amount, job)
        SELECT $1, {ReleaseEntry}, hold.account, hold.target, hold.source, hold.amount, hold.job
        FROM ledger_entries hold
        WHERE hold.kind = {HoldEntry} AND
        """;

    /// <summary>An end further in the future than a new one was written while a clock was ahead, and is ignored.</summary>
    public const string TakeDuty = """
        INSERT INTO duties (name, until) VALUES ($1, $2)
        ON CONFLICT (name) DO UPDATE SET until = $2 WHERE duties.until <= $3 OR duties.until > $2
        RETURNING name
        """;

    private const string FromCreditAndIssuer = $"""
        FROM ledger_accounts credit
          JOIN ledger_accounts issuer ON issuer.account IS NULL AND issuer.kind = {IssuerAccount}
            AND issuer.currency = credit.currency
        WHERE credit.kind = {CreditAccount} AND credit.account = $5
        """;
}
