using System.CommandLine;
using System.Text.Json;

namespace Rushes.Cli;

/// <summary><c>rushes keys</c>.</summary>
internal static class KeysCommand
{
    private static readonly string[] Columns =
        ["id", "account", "name", "scopes", "networks", "created_at", "expires_at", "last_used_at", "revoked_at"];

    public static Command Create() => Connection.WithConnection(new Command("keys", "Manage API keys.")
    {
        Show.Json, New(), List(), Revoke(), Rotate(),
    }.WithExamples("rushes keys list", "rushes keys create acme --name \"their web shop\""));

    private static Command New()
    {
        var account = AccountsCommand.Named();
        var name = new Option<string>("--name") { Description = "A name that says what the key is for.", Required = true };
        var scopes = new Option<string[]>("--scope")
        {
            Description = "submit, read, admin or worker; can be repeated. Default submit and read.",
            AllowMultipleArgumentsPerToken = true,
        };
        var networks = new Option<string[]>("--network")
        {
            Description = "Allow the key only from this address or network, such as 10.1.0.0/16; can be repeated.",
            AllowMultipleArgumentsPerToken = true,
        };
        var expires = new Option<DateTimeOffset?>("--expires")
        {
            Description = "When the key expires, such as 2030-01-31T00:00Z. Default: never.",
        };
        var command = new Command(
            "create", "Create an API key. It is shown only once.") { account, name, scopes, networks, expires }
            .WithExamples(
                "rushes keys create acme --name \"their web shop\" --scope submit read --network 203.0.113.0/24",
                "rushes keys create ops --name attic --scope worker --expires 2030-01-31T00:00Z");
        command.SetAction(async (parsed, cancel) =>
        {
            using var gateway = GatewayClient.Of(parsed);
            return PrintKey(parsed, await gateway.SendAsync(HttpMethod.Post, "admin/keys", new
            {
                account = parsed.GetValue(account), name = parsed.GetValue(name), scopes = parsed.GetValue(scopes),
                networks = parsed.GetValue(networks),
                expires_at = parsed.GetValue(expires),
            }, cancel));
        });
        return command;
    }

    private static Command List()
    {
        var account = new Option<string?>("--account") { Description = "Only keys of this account." };
        var command = new Command("list", "List API keys, including revoked and expired ones.") { account }.WithExamples(
            "rushes keys list --account acme");
        command.SetAction(async (parsed, cancel) =>
        {
            using var gateway = GatewayClient.Of(parsed);
            var query = parsed.GetValue(account) is { } named ? $"?account={Uri.EscapeDataString(named)}" : "";
            var answer = await gateway.GetAsync("admin/keys" + query, cancel);
            return Show.List(parsed, answer.GetProperty("keys").EnumerateArray(), Columns);
        });
        return command;
    }

    private static Command Revoke()
    {
        var id = new Argument<long>("id");
        var command = new Command("revoke", "Revoke an API key immediately.") { id }.WithExamples("rushes keys revoke 7");
        command.SetAction(async (parsed, cancel) =>
        {
            using var gateway = GatewayClient.Of(parsed);
            var answer = await gateway.SendAsync(HttpMethod.Delete, $"admin/keys/{parsed.GetValue(id)}", null, cancel);
            return Show.One(parsed, answer, Columns);
        });
        return command;
    }

    private static Command Rotate()
    {
        var id = new Argument<long>("id");
        var grace = new Option<int>("--grace") { Description = "Seconds that the old key stays valid. Default 0." };
        var command = new Command("rotate", "Replace an API key with a new one.") { id, grace }.WithExamples(
            "rushes keys rotate 7 --grace 3600");
        command.SetAction(async (parsed, cancel) =>
        {
            using var gateway = GatewayClient.Of(parsed);
            var body = new { grace_seconds = parsed.GetValue(grace) };
            return PrintKey(
                parsed, await gateway.SendAsync(HttpMethod.Post, $"admin/keys/{parsed.GetValue(id)}/rotate", body, cancel));
        });
        return command;
    }

    private static int PrintKey(ParseResult parsed, JsonElement key)
    {
        Show.One(parsed, key, Columns);
        if (!parsed.GetValue(Show.Json))
            Console.WriteLine($"{key.GetProperty("key").GetString()}{Environment.NewLine}This key is not shown again.");
        return 0;
    }
}
