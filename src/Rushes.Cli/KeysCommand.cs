using System.CommandLine;
using System.Text.Json;

namespace Rushes.Cli;

/// <summary><c>rushes keys</c>.</summary>
internal static class KeysCommand
{
    private static readonly string[] Columns =
        ["id", "account", "name", "scopes", "networks", "created_at", "expires_at", "last_used_at", "revoked_at"];

    public static Command Create() => Reach.Reachable(new Command("keys", "Keys: what clients, workers and operators show.")
    {
        Show.Json, New(), List(), Revoke(), Rotate(),
    }.Teach("rushes keys list", "rushes keys create acme --name \"their web shop\""));

    private static Command New()
    {
        var account = AccountsCommand.Named();
        var name = new Option<string>("--name") { Description = "What it is for.", Required = true };
        var scopes = new Option<string[]>("--scope") { Description = "submit, read, admin, worker; may be repeated. Default submit and read.", AllowMultipleArgumentsPerToken = true };
        var networks = new Option<string[]>("--network") { Description = "Good only from this address or network, such as 10.1.0.0/16; may be repeated.", AllowMultipleArgumentsPerToken = true };
        var expires = new Option<DateTimeOffset?>("--expires") { Description = "Good until then, such as 2030-01-31T00:00Z." };
        var command = new Command("create", "Make a key. It is shown once.") { account, name, scopes, networks, expires }
            .Teach("rushes keys create acme --name \"their web shop\" --scope submit read --network 203.0.113.0/24", "rushes keys create ops --name attic --scope worker --expires 2030-01-31T00:00Z");
        command.SetAction(async (parsed, cancel) =>
        {
            using var gateway = GatewayClient.Of(parsed);
            return Made(parsed, await gateway.SendAsync(HttpMethod.Post, "admin/keys", new
            {
                account = parsed.GetValue(account), name = parsed.GetValue(name), scopes = parsed.GetValue(scopes), networks = parsed.GetValue(networks),
                expires_at = parsed.GetValue(expires),
            }, cancel));
        });
        return command;
    }

    private static Command List()
    {
        var account = new Option<string?>("--account") { Description = "Only this account's." };
        var command = new Command("list", "All keys, those that are good no more too.") { account }.Teach("rushes keys list --account acme");
        command.SetAction(async (parsed, cancel) =>
        {
            using var gateway = GatewayClient.Of(parsed);
            var query = parsed.GetValue(account) is { } named ? $"?account={Uri.EscapeDataString(named)}" : "";
            var answer = await gateway.GetAsync("admin/keys" + query, cancel);
            return Show.Rows(parsed, answer, answer.GetProperty("keys").EnumerateArray(), Columns);
        });
        return command;
    }

    private static Command Revoke()
    {
        var id = new Argument<long>("id");
        var command = new Command("revoke", "End a key now.") { id }.Teach("rushes keys revoke 7");
        command.SetAction(async (parsed, cancel) =>
        {
            using var gateway = GatewayClient.Of(parsed);
            var answer = await gateway.SendAsync(HttpMethod.Delete, $"admin/keys/{parsed.GetValue(id)}", null, cancel);
            return Show.Rows(parsed, answer, [answer], Columns);
        });
        return command;
    }

    private static Command Rotate()
    {
        var id = new Argument<long>("id");
        var grace = new Option<int>("--grace") { Description = "Seconds that the old key stays good; 0." };
        var command = new Command("rotate", "Make a key in the place of another.") { id, grace }.Teach("rushes keys rotate 7 --grace 3600");
        command.SetAction(async (parsed, cancel) =>
        {
            using var gateway = GatewayClient.Of(parsed);
            var body = new { grace_seconds = parsed.GetValue(grace) };
            return Made(parsed, await gateway.SendAsync(HttpMethod.Post, $"admin/keys/{parsed.GetValue(id)}/rotate", body, cancel));
        });
        return command;
    }

    private static int Made(ParseResult parsed, JsonElement key)
    {
        Show.Rows(parsed, key, [key], Columns);
        if (!parsed.GetValue(Show.Json)) Console.WriteLine($"{key.GetProperty("key").GetString()}{Environment.NewLine}It is not shown again.");
        return 0;
    }
}
