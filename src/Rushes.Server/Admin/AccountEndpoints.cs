using Rushes.Accounts;
using Rushes.Database;
using Rushes.Outbound;
using Rushes.Server.Auth;

namespace Rushes.Server.Admin;

/// <summary>Creates, lists and changes accounts. A path contains an account's id or its name.</summary>
internal sealed class AccountEndpoints(
    IAccountStore accountStore, ILedger ledger, AccountDirectory directory, IFileCounts counts, OutboundHttp outbound)
{
    public void Map(IEndpointRouteBuilder admin)
    {
        admin.MapGet("/accounts", ListAsync);
        admin.MapPost("/accounts", CreateAsync);
        admin.MapGet("/accounts/{account}", ShowAsync);
        admin.MapPatch("/accounts/{account}", ChangeAsync);
        admin.MapGet(
            "/plans",
            (CancellationToken _) => TypedResults.Json(
                new PlanList(directory.Plans.ToDictionary(plan => plan.Key, plan => PlanBody.Of(plan.Value))),
                AdminWire.Json.PlanList));
    }

    private async Task<IResult> ListAsync(CancellationToken cancel)
    {
        var balances = (await ledger.ReadBalancesAsync(cancel)).Where(
            each => each.Customer is not null).ToLookup(each => each.Customer!.Value);
        var stored = await counts.ReadStoredBytesAsync(cancel);
        var accounts = (await accountStore.ReadAccountsAsync(cancel))
            .Select(account => AccountBody.Of(account, Balance.Of(balances[account.Id]), stored.GetValueOrDefault(account.Id)));
        return TypedResults.Json(new AccountList([.. accounts]), AdminWire.Json.AccountList);
    }

    private async Task<IResult> CreateAsync(HttpContext http, CancellationToken cancel)
    {
        var (body, problem) = await AdminWire.ReadAsync(http.Request, AdminWire.Json.AccountCreate, cancel);
        if (problem is not null) return problem;
        if (CheckName(body!.Name, "name") is { } badName) return badName;
        var plan = body.Plan ?? Catalog.Plan.Default;
        if (CheckPlan(plan) is { } badPlan) return badPlan;

        return await accountStore.AddAccountAsync(body.Name!, plan, http.Actor(), cancel) is { } made
            ? TypedResults.Json(
                AccountBody.Of(made, Balance.None, 0), AdminWire.Json.AccountBody, statusCode: StatusCodes.Status201Created)
            : AdminErrors.Conflict("name_taken", $"An account named \"{body.Name}\" already exists.", "name");
    }

    private async Task<IResult> ShowAsync(string account, CancellationToken cancel) =>
        directory.Find(account) is { } found
            ? TypedResults.Json(await BodyOf(found, cancel), AdminWire.Json.AccountBody)
            : AdminErrors.NotFound($"account \"{account}\"");

    private async Task<IResult> ChangeAsync(HttpContext http, string account, CancellationToken cancel)
    {
        var (body, problem) = await AdminWire.ReadAsync(http.Request, AdminWire.Json.AccountSet, cancel);
        if (problem is not null) return problem;
        if (directory.Find(account) is not { } found) return AdminErrors.NotFound($"account \"{account}\"");
        if (body!.Name is not null && CheckName(body.Name, "name") is { } badName) return badName;
        if (body.Plan is not null && CheckPlan(body.Plan) is { } badPlan) return badPlan;
        var webhook = body.WebhookUrl?.Trim();
        if (webhook is { Length: > 0 } && await CheckWebhookAsync(webhook, cancel) is { } badUrl) return badUrl;
        var balance = await ledger.ReadBalanceAsync(found.Id, cancel);
        if (body.Plan is { } plan && balance.Currency is { } currency && directory.Plans[plan] is { Charging: true } terms
            && terms.Currency != currency)
            return AdminErrors.Conflict(
                "other_currency", $"The account's ledger is in {currency}, and the plan \"{plan}\" charges in {terms.Currency}.",
                "plan");

        var stored = await counts.ReadStoredBytesAsync(found.Id, cancel);
        return await accountStore.ChangeAccountAsync(
            found.Id, new AccountChange(body.Name, body.Plan, body.Suspended) { WebhookUrl = webhook }, http.Actor(),
            cancel) switch
        {
            AccountOutcome.Changed changed =>
                TypedResults.Json(AccountBody.Of(changed.Account, balance, stored), AdminWire.Json.AccountBody),
            AccountOutcome.NameTaken =>
                AdminErrors.Conflict("name_taken", $"An account named \"{body.Name}\" already exists.", "name"),
            AccountOutcome.LastAdmin =>
                AdminErrors.LastAdmin($"Account \"{found.Name}\" has the only valid keys with the scope admin"),
            _ => AdminErrors.NotFound($"account \"{account}\""),
        };
    }

    public static IResult? CheckName(string? name, string field) =>
        AccountNames.FaultOf(name) is { } fault ? AdminErrors.BadField(field, fault) : null;

    private async Task<AccountBody> BodyOf(Account account, CancellationToken cancel) =>
        AccountBody.Of(
            account, await ledger.ReadBalanceAsync(account.Id, cancel), await counts.ReadStoredBytesAsync(account.Id, cancel));

    /// <summary>By the rules for the webhook URL of a request.</summary>
    private async Task<IResult?> CheckWebhookAsync(string url, CancellationToken cancel) =>
        await outbound.CheckAsync(url, cancel) is { } rejected
            ? AdminErrors.BadField("webhook_url", $"is \"{Excerpt.Of(url)}\". {rejected.Reason}")
            : null;

    private IResult? CheckPlan(string plan) =>
        directory.Plans.ContainsKey(plan)
            ? null
            : AdminErrors.BadField("plan", $"is \"{plan}\"; send one of {string.Join(", ", directory.Plans.Keys)}");
}
