using System.CommandLine;
using System.Globalization;
using System.Text.Json;
using System.Text.RegularExpressions;

namespace Rushes.Cli;

/// <summary><c>rushes jobs</c>: lists jobs, or shows one.</summary>
internal static partial class JobsCommand
{
    /// <summary>The API's statuses by the names of <c>--state</c>.</summary>
    private static readonly Dictionary<string, string> States = new()
    {
        ["queued"] = "IN_QUEUE", ["awaiting"] = "AWAITING_APPROVAL",
        ["running"] = "IN_PROGRESS", ["completed"] = "COMPLETED", ["failed"] = "FAILED",
        ["cancelled"] = "CANCELLED",
    };

    private const int MaxPerPage = 200;

    private static readonly Option<string[]> State = new(
        "--state", "-s")
    {
        Description = "Only jobs in this state; can be repeated. queued includes awaiting.",
        AllowMultipleArgumentsPerToken = true,
    };
    private static readonly Option<string?> Model = new("--model", "-m") { Description = "Only jobs of this model." };
    private static readonly Option<string?> Since = new("--since")
    {
        Description = "Only jobs created since then: 90m, 2h, 7d, or a time such as 2030-01-31T00:00Z.", HelpName = "TIME",
    };
    private static readonly Option<string?> Until = new("--until")
    {
        Description = "Only jobs created before then.", HelpName = "TIME",
    };
    private static readonly Option<int> Limit = new(
        "--limit", "-n") { Description = "The maximum number of jobs.", DefaultValueFactory = _ => 20 };
    private static readonly Option<string?> Before =
        new("--before") { Description = "Only jobs with a lower id; use it to get the next page.", HelpName = "ID" };
    private static readonly Option<string?> Account =
        new("--account") { Description = "Only jobs of this account, by its id or name; for operators." };
    private static readonly Option<bool> All = new("--all", "-a") { Description = "Jobs of all accounts; for operators." };
    private static readonly Option<bool> Watch = new("--watch", "-w") { Description = "Update the list live until Ctrl+C." };

    public static Command Create()
    {
        var id = new Argument<string?>("id")
        {
            Description = "Show one job with its timeline: its number, or the id that another API returned.",
            Arity = ArgumentArity.ZeroOrOne,
        };
        State.AcceptOnlyFromAmong([.. States.Keys]);
        Limit.Validators.Add(given => { if (given.GetValueOrDefault<int>() < 1) given.AddError("--limit must be 1 or more."); });
        var command = new Command("jobs", "List jobs, newest first, or show one with its timeline.")
        {
            id, State, Model, Since, Until, Limit, Before, Account, All, Watch, Show.Json,
        };
        command.WithExamples(
            "rushes jobs", "rushes jobs --state queued running --watch", "rushes jobs --model wan22-s2v-pro --since 2h",
            "rushes jobs --account acme --state failed",
            "rushes jobs 12", "rushes jobs --since 7d --limit 10000 --json | jq '.items | length'");
        command.SetAction(async (parsed, cancel) =>
        {
            using var gateway = GatewayClient.Of(parsed);
            if (parsed.GetValue(id) is { } one) return await JobDetails.ShowAsync(parsed, gateway, PathOf(parsed), one, cancel);
            if (parsed.GetValue(Watch))
                return await new JobsWatch(parsed, stop => ReadAsync(parsed, gateway, stop), Columns(parsed)).RunAsync(cancel);
            var found = await ReadAsync(parsed, gateway, cancel);
            var next = found.TryGetProperty("next", out var more) ? more.GetString() : null;
            if (next is not null && !parsed.GetValue(Show.Json)) Console.Error.WriteLine($"There are more jobs: --before {next}");
            return Show.List(
                parsed, found.GetProperty("jobs").EnumerateArray(), Columns(parsed), JobRows.Of(found), next);
        });
        return Connection.WithConnection(command);
    }

    /// <summary>Jobs of other accounts are under <c>admin/</c>.</summary>
    private static string PathOf(ParseResult parsed) =>
        parsed.GetValue(All) || parsed.GetValue(Account) is not null ? "admin/jobs" : "jobs";

    private static string[] Columns(ParseResult parsed) =>
        PathOf(parsed) == "jobs" ? JobRows.Columns : [.. JobRows.Columns, "account"];

    /// <summary>Reads pages until the limit is reached.</summary>
    private static async Task<JsonElement> ReadAsync(ParseResult parsed, GatewayClient gateway, CancellationToken cancel)
    {
        var jobs = new List<JsonElement>();
        var (limit, next) = (parsed.GetValue(Limit), parsed.GetValue(Before));
        do
        {
            var page = await gateway.GetAsync(
                PathOf(parsed) + Query(parsed, Math.Min(limit - jobs.Count, MaxPerPage), next), cancel);
            jobs.AddRange(page.GetProperty("jobs").EnumerateArray());
            next = page.TryGetProperty("next", out var more) ? more.GetString() : null;
        }
        while (next is not null && jobs.Count < limit);
        return Show.Element(new { jobs, next });
    }

    private static string Query(ParseResult parsed, int limit, string? before)
    {
        var states = parsed.GetValue(State) is { Length: > 0 } some
            ? string.Join(',', some.Select(state => States[state]))
            : null;
        (string Name, string? Value)[] all =
        [
            ("status", states), ("model", parsed.GetValue(Model)), ("since", Time(parsed.GetValue(Since))),
            ("until", Time(parsed.GetValue(Until))),
            ("account", parsed.GetValue(Account)), ("before", before), ("limit", limit.ToString(CultureInfo.InvariantCulture)),
        ];
        return "?"
            + string.Join(
                '&', all.Where(one => one.Value is not null).Select(one => $"{one.Name}={Uri.EscapeDataString(one.Value!)}"));
    }

    /// <summary>A duration such as 2h becomes the time that long ago; a time is unchanged.</summary>
    private static string? Time(string? text)
    {
        if (text is null || Length().Match(text) is not { Success: true } length) return text;
        var many = double.Parse(length.Groups[1].ValueSpan, CultureInfo.InvariantCulture);
        var ago = length.Groups[2].Value switch
        {
            "s" => TimeSpan.FromSeconds(many), "m" => TimeSpan.FromMinutes(many), "h" => TimeSpan.FromHours(many),
            _ => TimeSpan.FromDays(many),
        };
        return (TimeProvider.System.GetUtcNow() - ago).ToString("O", CultureInfo.InvariantCulture);
    }

    [GeneratedRegex(@"^(\d{1,6})([smhd])$")]
    private static partial Regex Length();
}
