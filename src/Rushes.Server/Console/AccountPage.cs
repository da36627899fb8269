using Rushes.Accounts;
using Rushes.Database;
using Rushes.Jobs;
using Rushes.Server.Admin;
using Rushes.Server.Auth;

namespace Rushes.Server.Console;

/// <summary>The user's own account: plan, limits, credit and statement.</summary>
internal sealed class AccountPage(
    ILedger ledger, AccountDirectory accounts, RateLimits rates, Backlog backlog, IFileCounts counts,
    UsageEndpoints usage)
{
    public void Map(IEndpointRouteBuilder read)
    {
        read.MapGet("/account", ShowAsync);
        read.MapGet("/account/statement", StatementAsync);
        read.MapGet("/account/usage", UsageAsync);
    }

    private async Task<IResult> ShowAsync(HttpContext http, CancellationToken cancel)
    {
        var id = http.Caller().Account;
        var window = rates.Look(id);
        return TypedResults.Json(
            new OwnAccount(
                new AccountName(id, accounts.Find(id)!.Name), accounts.PlanOf(id).Name, PlanBody
                    .Of(accounts.PlanOf(id)), BalanceBody
                    .Of(await ledger.ReadBalanceAsync(id, cancel)),
                await counts.ReadStoredBytesAsync(id, cancel), backlog.QueuedOf(id),
                window is { } quota ? quota.Remaining : null, accounts.Find(id)!.WebhookUrl),
            ConsoleWire.Json.OwnAccount);
    }

    private Task<IResult> UsageAsync(
        HttpContext http, DateTimeOffset? from, DateTimeOffset? until, string? format, CancellationToken cancel) =>
        usage.WriteAsync(http.Caller().Account, from, until, format, cancel);

    private Task<IResult> StatementAsync(
        HttpContext http, DateTimeOffset? from, DateTimeOffset? until, string? format, CancellationToken cancel) =>
        CreditEndpoints.WriteStatementAsync(ledger, http.Caller().Account, from, until, format, cancel);
}

/// <param name="WindowLeft">The number of jobs left in the plan's window; null if the plan has no window.</param>
internal sealed record OwnAccount(
    AccountName Account, string PlanName, PlanBody Plan, BalanceBody Balance, long StoredBytes, int Queued, int? WindowLeft,
    string? WebhookUrl);
