using System.CommandLine;
using System.Text.Json;

namespace Rushes.Cli;

/// <summary><c>rushes credit</c>.</summary>
internal static class CreditCommand
{
    private static readonly string[] Columns = ["credit", "held", "currency"];

    public static Command Create() => Connection.WithConnection(new Command("credit", "Manage the credit of accounts.")
    {
        Show.Json, Add(), One(), Statement(),
    }.WithExamples("rushes credit show acme", "rushes credit add acme 50 --note \"invoice 2031\""));

    private static Command Add()
    {
        var account = AccountsCommand.Named();
        var amount = new Argument<decimal>("amount")
        {
            Description =
                "The amount in units of the currency, such as 12.50. Put -- before a negative amount to withdraw credit.",
        };
        var note = new Option<string?>("--note") { Description = "A note for the statement." };
        var reference = new Option<string?>(
            "--reference") { Description = "A payment's id; repeating a call with the same reference adds nothing." };
        var command = new Command("add", "Add credit to an account, or withdraw it.")
            { account, amount, note, reference }
            .WithExamples(
                "rushes credit add acme 50 --note \"invoice 2031\"",
                "rushes credit add acme 20 --reference payment-8812",
                "rushes credit add acme -- -5");
        command.SetAction(async (parsed, cancel) =>
        {
            using var gateway = GatewayClient.Of(parsed);
            var body = new
            {
                amount = parsed.GetValue(amount), note = parsed.GetValue(note), reference = parsed.GetValue(reference),
            };
            return Print(
                parsed,
                await gateway.SendAsync(
                    HttpMethod.Post, AccountsCommand.PathOf(parsed.GetValue(account)!) + "/credit", body, cancel));
        });
        return command;
    }

    private static Command One()
    {
        var account = AccountsCommand.Named();
        var command = new Command("show", "Show an account's credit and the amount held for its jobs.") { account }.WithExamples(
            "rushes credit show acme");
        command.SetAction(async (parsed, cancel) =>
        {
            using var gateway = GatewayClient.Of(parsed);
            return Print(parsed, await gateway.GetAsync(AccountsCommand.PathOf(parsed.GetValue(account)!) + "/credit", cancel));
        });
        return command;
    }

    private static Command Statement()
    {
        var account = AccountsCommand.Named();
        var csv = new Option<bool>("--csv") { Description = "Print comma-separated values." };
        var from = new Option<DateTimeOffset?>("--from") { Description = "Only entries at or after this time." };
        var until = new Option<DateTimeOffset?>("--until") { Description = "Only entries before this time." };
        var command = new Command(
            "statement", "Print all ledger entries of an account; each entry has two lines that sum to zero.")
            { account, csv, from, until }
            .WithExamples(
                "rushes credit statement acme", "rushes credit statement acme --csv --from 2030-01-01 > january.csv");
        command.SetAction(async (parsed, cancel) =>
        {
            using var gateway = GatewayClient.Of(parsed);
            var path = AccountsCommand.PathOf(parsed.GetValue(account)!)
                + "/statement?format="
                + (parsed.GetValue(csv) ? "csv" : "json")
                + Time("from", parsed.GetValue(from)) + Time("until", parsed.GetValue(until));
            if (parsed.GetValue(csv))
            {
                await using var output = Console.OpenStandardOutput();
                await gateway.CopyAsync(path, output, cancel);
                return 0;
            }
            var lines = await gateway.GetAsync(path, cancel);
            return Show.List(
                parsed, lines.EnumerateArray(), ["entry", "at", "kind", "book", "amount", "currency", "job", "note"]);
        });
        return command;
    }

    private static string Time(string name, DateTimeOffset? time) =>
        time is { } given ? $"&{name}={given.UtcDateTime:yyyy-MM-ddTHH:mm:ss.fffZ}" : "";

    private static int Print(ParseResult parsed, JsonElement balance) => Show.One(parsed, balance, Columns);
}
