using System.CommandLine;
using System.Text.Json;
using Rushes.Server;

namespace Rushes.Cli;

/// <summary><c>rushes accounts</c>.</summary>
internal static class AccountsCommand
{
    private static readonly string[] Columns =
        ["id", "name", "plan", "suspended", "balance.credit", "balance.held", "balance.currency", "stored_bytes", "created_at"];

    private static readonly string[] AllColumns = [.. Columns, "webhook_url"];

    public static Command Create() => Connection.WithConnection(new Command("accounts", "Manage accounts.")
    {
        Show.Json, New(), List(), One(), Set(), Unsuspend(),
    }.WithExamples("rushes accounts list", "rushes accounts create acme --plan metered"));

    private static Command New()
    {
        var name = new Argument<string>("name");
        var plan = new Option<string?>("--plan")
        {
            Description = "The account plan, one of the catalog's plans. Default: default.",
        };
        var command = new Command("create", "Create an account.") { name, plan }.WithExamples(
            "rushes accounts create acme --plan metered");
        command.SetAction(
            (parsed, cancel) => PrintAsync(
                parsed, HttpMethod.Post, "admin/accounts", new { name = parsed.GetValue(name), plan = parsed.GetValue(plan) },
                cancel));
        return command;
    }

    private static Command List()
    {
        var command = new Command("list", "List accounts with their credit.").WithExamples(
            "rushes accounts list", "rushes accounts list --json | jq '.items[].name'");
        command.SetAction(async (parsed, cancel) =>
        {
            using var gateway = GatewayClient.Of(parsed);
            var answer = await gateway.GetAsync("admin/accounts", cancel);
            return Show.List(parsed, answer.GetProperty("accounts").EnumerateArray(), Columns);
        });
        return command;
    }

    private static Command One()
    {
        var account = Named();
        var command = new Command("show", "Show an account.") { account }.WithExamples("rushes accounts show acme");
        command.SetAction(
            (parsed, cancel) => PrintAsync(parsed, HttpMethod.Get, PathOf(parsed.GetValue(account)!), null, cancel));
        return command;
    }

    private static Command Set()
    {
        var account = Named();
        var name = new Option<string?>("--name") { Description = "The new name." };
        var plan = new Option<string?>("--plan") { Description = "The new account plan." };
        var suspended = new Option<bool?>(
            "--suspended") { Description = "true disables the account's keys; false enables them again." };
        var webhook = new Option<string?>("--webhook-url")
        {
            Description = "Receives the events of jobs that are created through the OpenAI API without a webhook_url; "
                + "\"\" removes it.",
        };
        var command = new Command("set", "Change an account's name, plan, webhook URL or suspension.")
        {
            account, name, plan, webhook, suspended,
        }.WithExamples(
            "rushes accounts set acme --plan default", "rushes accounts set acme --suspended true",
            "rushes accounts set acme --webhook-url https://acme.example.com/videos");
        command.SetAction((parsed, cancel) => PrintAsync(
            parsed, HttpMethod.Patch, PathOf(parsed.GetValue(account)!),
            new
            {
                name = parsed.GetValue(name), plan = parsed.GetValue(plan), suspended = parsed.GetValue(suspended),
                webhook_url = parsed.GetValue(webhook),
            },
            cancel));
        return command;
    }

    private static Command Unsuspend()
    {
        var account = Named();
        var command = new Command(
            "unsuspend", "Enable a suspended account's keys again without a key. Stop the gateway first.") { account }
            .WithExamples("rushes accounts unsuspend acme --data data");
        command.SetAction(async (parsed, cancel) =>
        {
            var options = StorageCommand.OptionsOf(Connection.FolderOf(parsed));
            var done = await OfflineAccounts.UnsuspendAsync(options, parsed.GetValue(account)!, cancel);
            return Show.Fact(
                parsed, $"Account {done.Name} is not suspended any more.",
                new { id = done.Id, name = done.Name, suspended = done.Suspended });
        });
        return command;
    }

    /// <summary>The argument that selects an account.</summary>
    public static Argument<string> Named() => new("account") { Description = "The account's id or name." };

    public static string PathOf(string account) => $"admin/accounts/{Uri.EscapeDataString(account)}";

    private static async Task<int> PrintAsync(
        ParseResult parsed, HttpMethod method, string path, object? body, CancellationToken cancel)
    {
        using var gateway = GatewayClient.Of(parsed);
        JsonElement answer = await gateway.SendAsync(method, path, body, cancel);
        return Show.One(parsed, answer, AllColumns);
    }
}
