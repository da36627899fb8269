using System.CommandLine;
using System.Text.Json;

namespace Rushes.Cli;

/// <summary><c>rushes accounts</c>.</summary>
internal static class AccountsCommand
{
    private static readonly string[] Columns = ["id", "name", "plan", "suspended", "balance.credit", "balance.held", "balance.currency", "created_at"];

    public static Command Create() => Reach.Reachable(new Command("accounts", "Accounts: whose jobs, keys and credit they are.")
    {
        Show.Json, New(), List(), One(), Set(),
    }.Teach("rushes accounts list", "rushes accounts create acme --plan metered"));

    private static Command New()
    {
        var name = new Argument<string>("name");
        var plan = new Option<string?>("--plan") { Description = "A plan of the catalog." };
        var command = new Command("create", "Make an account.") { name, plan }.Teach("rushes accounts create acme --plan metered");
        command.SetAction((parsed, cancel) => PrintAsync(parsed, HttpMethod.Post, "admin/accounts", new { name = parsed.GetValue(name), plan = parsed.GetValue(plan) }, cancel));
        return command;
    }

    private static Command List()
    {
        var command = new Command("list", "All accounts with their credit.").Teach("rushes accounts list", "rushes accounts list --json | jq '.accounts[].name'");
        command.SetAction(async (parsed, cancel) =>
        {
            using var gateway = GatewayClient.Of(parsed);
            var answer = await gateway.GetAsync("admin/accounts", cancel);
            return Show.Rows(parsed, answer, answer.GetProperty("accounts").EnumerateArray(), Columns);
        });
        return command;
    }

    private static Command One()
    {
        var account = Named();
        var command = new Command("show", "One account.") { account }.Teach("rushes accounts show acme");
        command.SetAction((parsed, cancel) => PrintAsync(parsed, HttpMethod.Get, PathOf(parsed.GetValue(account)!), null, cancel));
        return command;
    }

    private static Command Set()
    {
        var account = Named();
        var name = new Option<string?>("--name") { Description = "Another name." };
        var plan = new Option<string?>("--plan") { Description = "Another plan of the catalog." };
        var suspended = new Option<bool?>("--suspended") { Description = "true: none of its keys is good; false: they are again." };
        var command = new Command("set", "Change an account.") { account, name, plan, suspended }.Teach("rushes accounts set acme --plan default", "rushes accounts set acme --suspended true");
        command.SetAction((parsed, cancel) => PrintAsync(parsed, HttpMethod.Patch, PathOf(parsed.GetValue(account)!),
            new { name = parsed.GetValue(name), plan = parsed.GetValue(plan), suspended = parsed.GetValue(suspended) }, cancel));
        return command;
    }

    /// <summary>An argument that names an account.</summary>
    public static Argument<string> Named() => new("account") { Description = "Its id or name." };

    public static string PathOf(string account) => $"admin/accounts/{Uri.EscapeDataString(account)}";

    private static async Task<int> PrintAsync(ParseResult parsed, HttpMethod method, string path, object? body, CancellationToken cancel)
    {
        using var gateway = GatewayClient.Of(parsed);
        JsonElement answer = await gateway.SendAsync(method, path, body, cancel);
        return Show.Rows(parsed, answer, [answer], Columns);
    }
}
