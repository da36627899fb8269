using System.CommandLine;
using System.Globalization;
using System.Text.Json;
using System.Text.RegularExpressions;

namespace Rushes.Cli;

/// <summary><c>rushes jobs</c>: what was asked for, and what became of it.</summary>
internal static partial class JobsCommand
{
    /// <summary>The gateway's words for states, by ours.</summary>
    private static readonly Dictionary<string, string> States = new()
    {
        ["queued"] = "IN_QUEUE", ["running"] = "IN_PROGRESS", ["completed"] = "COMPLETED", ["failed"] = "FAILED", ["cancelled"] = "CANCELLED",
    };

    private const int MostPerPage = 200;

    private static readonly Option<string[]> State = new("--state", "-s") { Description = "Only those; may be repeated.", AllowMultipleArgumentsPerToken = true };
    private static readonly Option<string?> Model = new("--model", "-m") { Description = "Only of this model." };
    private static readonly Option<string?> Since = new("--since") { Description = "Created since: 90m, 2h, 7d, or a time such as 2030-01-31T00:00Z.", HelpName = "TIME" };
    private static readonly Option<string?> Until = new("--until") { Description = "Created before.", HelpName = "TIME" };
    private static readonly Option<int> Limit = new("--limit", "-n") { Description = "How many.", DefaultValueFactory = _ => 20 };
    private static readonly Option<string?> Before = new("--before") { Description = "Only those with a lower id: the next page.", HelpName = "ID" };
    private static readonly Option<string?> Account = new("--account") { Description = "This account's, by its id or name; for operators." };
    private static readonly Option<bool> All = new("--all", "-a") { Description = "Every account's; for operators." };
    private static readonly Option<bool> Watch = new("--watch", "-w") { Description = "Show them as they change, until Ctrl+C." };

    public static Command Create()
    {
        var id = new Argument<string?>("id") { Description = "One job with its time line: the number, or what another dialect calls it.", Arity = ArgumentArity.ZeroOrOne };
        State.AcceptOnlyFromAmong([.. States.Keys]);
        Limit.Validators.Add(given => { if (given.GetValueOrDefault<int>() < 1) given.AddError("--limit is 1 or more."); });
        var command = new Command("jobs", "Look through jobs, newest first, or at all that happened to one.")
        {
            id, State, Model, Since, Until, Limit, Before, Account, All, Watch, Show.Json,
        };
        command.Teach(
            "rushes jobs", "rushes jobs --state queued running --watch", "rushes jobs --model wan22-s2v-pro --since 2h", "rushes jobs --account acme --state failed",
            "rushes jobs 12", "rushes jobs --since 7d --limit 10000 --json | jq '.jobs | length'");
        command.SetAction(async (parsed, cancel) =>
        {
            using var gateway = GatewayClient.Of(parsed);
            if (parsed.GetValue(id) is { } one) return await JobDetails.ShowAsync(parsed, gateway, Door(parsed), one, cancel);
            if (parsed.GetValue(Watch)) return await new JobsWatch(parsed, stop => ReadAsync(parsed, gateway, stop), Columns(parsed)).RunAsync(cancel);
            var found = await ReadAsync(parsed, gateway, cancel);
            Show.Rows(parsed, found, JobRows.Of(found), Columns(parsed));
            if (found.TryGetProperty("next", out var next) && !parsed.GetValue(Show.Json)) Console.Error.WriteLine($"There are older ones: --before {next}");
            return Exits.Done;
        });
        return Reach.Reachable(command);
    }

    /// <summary>Operators look at everyone's by another door.</summary>
    private static string Door(ParseResult parsed) => parsed.GetValue(All) || parsed.GetValue(Account) is not null ? "admin/jobs" : "jobs";

    private static string[] Columns(ParseResult parsed) => Door(parsed) == "jobs" ? JobRows.Columns : [.. JobRows.Columns, "account"];

    /// <summary>As many pages as it takes.</summary>
    private static async Task<JsonElement> ReadAsync(ParseResult parsed, GatewayClient gateway, CancellationToken cancel)
    {
        var jobs = new List<JsonElement>();
        var (limit, next) = (parsed.GetValue(Limit), parsed.GetValue(Before));
        do
        {
            var page = await gateway.GetAsync(Door(parsed) + Query(parsed, Math.Min(limit - jobs.Count, MostPerPage), next), cancel);
            jobs.AddRange(page.GetProperty("jobs").EnumerateArray());
            next = page.TryGetProperty("next", out var more) ? more.GetString() : null;
        }
        while (next is not null && jobs.Count < limit);
        return Show.Element(new { jobs, next });
    }

    private static string Query(ParseResult parsed, int limit, string? before)
    {
        var states = parsed.GetValue(State) is { Length: > 0 } some ? string.Join(',', some.Select(state => States[state])) : null;
        (string Name, string? Value)[] all =
        [
            ("status", states), ("model", parsed.GetValue(Model)), ("since", Time(parsed.GetValue(Since))), ("until", Time(parsed.GetValue(Until))),
            ("account", parsed.GetValue(Account)), ("before", before), ("limit", limit.ToString(CultureInfo.InvariantCulture)),
        ];
        return "?" + string.Join('&', all.Where(one => one.Value is not null).Select(one => $"{one.Name}={Uri.EscapeDataString(one.Value!)}"));
    }

    /// <summary>A time as it was given; of a length of time, so long ago.</summary>
    private static string? Time(string? text)
    {
        if (text is null || Length().Match(text) is not { Success: true } length) return text;
        var many = double.Parse(length.Groups[1].ValueSpan, CultureInfo.InvariantCulture);
        var ago = length.Groups[2].Value switch { "s" => TimeSpan.FromSeconds(many), "m" => TimeSpan.FromMinutes(many), "h" => TimeSpan.FromHours(many), _ => TimeSpan.FromDays(many) };
        return (TimeProvider.System.GetUtcNow() - ago).ToString("O", CultureInfo.InvariantCulture);
    }

    [GeneratedRegex(@"^(\d{1,6})([smhd])$")]
    private static partial Regex Length();
}
