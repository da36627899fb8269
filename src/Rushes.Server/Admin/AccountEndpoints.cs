using System.Globalization;
using Rushes.Accounts;
using Rushes.Database;
using Rushes.Server.Auth;

namespace Rushes.Server.Admin;

/// <summary>Accounts: make, list, change. An account is named in a path by its id or its name.</summary>
internal sealed class AccountEndpoints(IDatabase database, AccountBook book)
{
    public void Map(IEndpointRouteBuilder admin)
    {
        admin.MapGet("/accounts", ListAsync);
        admin.MapPost("/accounts", CreateAsync);
        admin.MapGet("/accounts/{account}", ShowAsync);
        admin.MapPatch("/accounts/{account}", ChangeAsync);
        admin.MapGet("/plans", (CancellationToken _) => TypedResults.Json(new PlanList(book.Plans.ToDictionary(plan => plan.Key, plan => PlanBody.Of(plan.Value))), AdminWire.Json.PlanList));
    }

    /// <summary>By id or name; null when there is none.</summary>
    public static async Task<Account?> FindAsync(IDatabase database, string idOrName, CancellationToken cancel)
    {
        var all = await database.ReadAccountsAsync(cancel);
        return (int.TryParse(idOrName, NumberStyles.None, CultureInfo.InvariantCulture, out var id) ? all.FirstOrDefault(account => account.Id == id) : null)
            ?? all.FirstOrDefault(account => account.Name == idOrName);
    }

    private async Task<IResult> ListAsync(CancellationToken cancel)
    {
        var balances = (await database.ReadBooksAsync(cancel)).Where(each => each.Account is not null).ToLookup(each => each.Account!.Value);
        var accounts = (await database.ReadAccountsAsync(cancel)).Select(account => AccountBody.Of(account, Sum(balances[account.Id])));
        return TypedResults.Json(new AccountList([.. accounts]), AdminWire.Json.AccountList);
    }

    private async Task<IResult> CreateAsync(HttpContext http, CancellationToken cancel)
    {
        var (body, problem) = await AdminWire.ReadAsync(http.Request, AdminWire.Json.AccountCreate, cancel);
        if (problem is not null) return problem;
        if (CheckName(body!.Name, "name") is { } badName) return badName;
        var plan = body.Plan ?? Catalog.Plan.Default;
        if (CheckPlan(plan) is { } badPlan) return badPlan;

        return await database.AddAccountAsync(body.Name!, plan, http.Actor(), cancel) is { } made
            ? TypedResults.Json(AccountBody.Of(made, Balance.None), AdminWire.Json.AccountBody, statusCode: StatusCodes.Status201Created)
            : AdminErrors.Conflict("name_taken", $"An account named \"{body.Name}\" already exists.", "name");
    }

    private async Task<IResult> ShowAsync(string account, CancellationToken cancel) =>
        await FindAsync(database, account, cancel) is { } found
            ? TypedResults.Json(AccountBody.Of(found, await database.ReadBalanceAsync(found.Id, cancel)), AdminWire.Json.AccountBody)
            : AdminErrors.NotFound($"account \"{account}\"");

    private async Task<IResult> ChangeAsync(HttpContext http, string account, CancellationToken cancel)
    {
        var (body, problem) = await AdminWire.ReadAsync(http.Request, AdminWire.Json.AccountSet, cancel);
        if (problem is not null) return problem;
        if (await FindAsync(database, account, cancel) is not { } found) return AdminErrors.NotFound($"account \"{account}\"");
        if (body!.Name is not null && CheckName(body.Name, "name") is { } badName) return badName;
        if (body.Plan is not null && CheckPlan(body.Plan) is { } badPlan) return badPlan;
        var balance = await database.ReadBalanceAsync(found.Id, cancel);
        if (body.Plan is { } plan && balance.Currency is { } currency && book.Plans[plan] is { Charging: true } terms && terms.Currency != currency)
            return AdminErrors.Conflict("other_currency", $"The account's ledger is in {currency}, and the plan \"{plan}\" charges in {terms.Currency}.", "plan");

        return await database.ChangeAccountAsync(found.Id, new AccountChange(body.Name, body.Plan, body.Suspended), http.Actor(), cancel) switch
        {
            AccountOutcome.Changed changed => TypedResults.Json(AccountBody.Of(changed.Account, balance), AdminWire.Json.AccountBody),
            AccountOutcome.NameTaken => AdminErrors.Conflict("name_taken", $"An account named \"{body.Name}\" already exists.", "name"),
            _ => AdminErrors.NotFound($"account \"{account}\""),
        };
    }

    /// <summary>A name that is a number would be taken for an id.</summary>
    public static IResult? CheckName(string? name, string field) => name switch
    {
        null or "" => AdminErrors.BadField(field, "is missing"),
        { Length: > 100 } => AdminErrors.BadField(field, $"has {name.Length} characters; the maximum is 100"),
        _ when name.All(char.IsAsciiDigit) => AdminErrors.BadField(field, "is a number; a name must contain a letter"),
        _ when name.Any(char.IsControl) || name.Trim() != name => AdminErrors.BadField(field, "contains control characters, or starts or ends with white space"),
        _ => null,
    };

    private IResult? CheckPlan(string plan) =>
        book.Plans.ContainsKey(plan) ? null : AdminErrors.BadField("plan", $"is \"{plan}\"; send one of {string.Join(", ", book.Plans.Keys)}");

    private static Balance Sum(IEnumerable<BookBalance> books)
    {
        var balance = Balance.None;
        foreach (var each in books)
            balance = each.Book == LedgerBook.Credit ? balance with { Currency = each.Currency, Credit = each.Amount } : balance with { Held = each.Amount };
        return balance;
    }
}
