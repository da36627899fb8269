using System.Globalization;
using System.Runtime.CompilerServices;
using Rushes.Accounts;
using Rushes.Database;
using Rushes.Server.Auth;

namespace Rushes.Server.Admin;

/// <summary>Credit: add, withdraw, balance and statement.</summary>
internal sealed class CreditEndpoints(ILedger ledger, AccountDirectory directory)
{
    public void Map(IEndpointRouteBuilder admin)
    {
        admin.MapGet("/accounts/{account}/credit", ShowAsync);
        admin.MapPost("/accounts/{account}/credit", AddAsync);
        admin.MapGet("/accounts/{account}/statement", StatementAsync);
    }

    private async Task<IResult> ShowAsync(string account, CancellationToken cancel) =>
        directory.Find(account) is { } found
            ? TypedResults.Json(BalanceBody.Of(await ledger.ReadBalanceAsync(found.Id, cancel)), AdminWire.Json.BalanceBody)
            : AdminErrors.NotFound($"account \"{account}\"");

    private async Task<IResult> AddAsync(HttpContext http, string account, CancellationToken cancel)
    {
        var (body, problem) = await AdminWire.ReadAsync(http.Request, AdminWire.Json.CreditAdd, cancel);
        if (problem is not null) return problem;
        if (body!.Amount is not { } amount || amount == 0)
            return AdminErrors.BadField(
                "amount", "is missing or 0; send units of the currency, such as 12.5, or a negative amount to withdraw");
        if (Money.Millionths(amount) is not { } millionths)
            return AdminErrors.BadField("amount", $"is {amount}; the maximum is a billion, with six decimals");
        if (body.Note is { Length: > 500 }) return AdminErrors.BadField("note", "has more than 500 characters");
        if (body.Reference is { Length: 0 or > 100 })
            return AdminErrors.BadField("reference", "is empty or has more than 100 characters");
        if (body.Note?.Contains('\0') == true) return AdminErrors.BadField("note", "contains a NUL character");
        if (body.Reference?.Any(char.IsControl) == true) return AdminErrors.BadField("reference", "contains control characters");
        if (directory.Find(account) is not { } found) return AdminErrors.NotFound($"account \"{account}\"");

        var change = new CreditChange(found.Id, directory.PlanOf(found.Id).Currency, millionths, body.Note, body.Reference);
        return await ledger.AddCreditAsync(change, http.Actor(), cancel) switch
        {
            CreditOutcome.Changed changed => TypedResults.Json(BalanceBody.Of(changed.Balance), AdminWire.Json.BalanceBody),
            CreditOutcome.TooMuch tooMuch =>
                AdminErrors.Conflict("insufficient_credit", $"The account has {Money.Text(tooMuch.Available)} left.", "amount"),
            CreditOutcome.ReferenceUsed used =>
                AdminErrors.Conflict(
                    "reference_used", $"This reference was already used for {Money.Text(used.Amount)}.", "reference"),
            CreditOutcome.OtherCurrency other =>
                AdminErrors.Conflict(
                    "other_currency", $"The account's ledger is in {other.Currency}; its plan is in {change.Currency}."),
            _ => throw new InvalidOperationException("credit is changed or refused"),
        };
    }

    /// <summary>As CSV, or as a JSON array with <c>format=json</c>.</summary>
    private async Task<IResult> StatementAsync(
        string account, DateTimeOffset? from, DateTimeOffset? until, string? format, CancellationToken cancel)
    {
        if (directory.Find(account) is not { } found) return AdminErrors.NotFound($"account \"{account}\"");
        return await WriteStatementAsync(ledger, found.Id, from, until, format, cancel);
    }

    public static async Task<IResult> WriteStatementAsync(
        ILedger ledger, int account, DateTimeOffset? from, DateTimeOffset? until, string? format, CancellationToken cancel)
    {
        if (format is not (null or "csv" or "json")) return AdminErrors.BadField("format", $"is \"{format}\"; send csv or json");
        var currency = (await ledger.ReadBalanceAsync(account, cancel)).Currency;
        var lines = LinesAsync(
            ledger, account, currency, from ?? DateTimeOffset.UnixEpoch, until ?? DateTimeOffset.MaxValue, cancel);
        return format == "json"
            ? TypedResults.Json(lines, AdminWire.Json.IAsyncEnumerableStatementLine)
            : TypedResults.Stream(
                output => Csv.WriteAsync(output, lines, cancel), "text/csv; charset=utf-8", $"statement-{account}.csv");
    }

    private static async IAsyncEnumerable<StatementLine> LinesAsync(
        ILedger ledger, int account, string? currency, DateTimeOffset from, DateTimeOffset until,
        [EnumeratorCancellation] CancellationToken cancel)
    {
        await foreach (var entry in ledger.ReadStatementAsync(account, from, until, cancel))
        {
            yield return Line(entry, entry.From, -entry.Amount, currency);
            yield return Line(entry, entry.To, entry.Amount, currency);
        }
    }

    private static StatementLine Line(LedgerEntry entry, LedgerAccount side, long amount, string? currency) => new(
        entry.Id, entry.At, Name(entry.Kind), Name(side), Money.Units(amount), currency, entry.Job, entry.Note);

    private static string Name<T>(T value) where T : struct, Enum => value.ToString().ToLower(CultureInfo.InvariantCulture);
}
