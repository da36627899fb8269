using System.CommandLine;
using System.Text.Json;
using Microsoft.Extensions.Configuration;
using Rushes.Server.Health;
using Rushes.Server.Settings;
using Spectre.Console;

namespace Rushes.Cli;

/// <summary><c>rushes doctor</c>: asks the gateway to run its checks; if no gateway responds, checks this machine.</summary>
internal static class DoctorCommand
{
    /// <summary>Longer than the gateway's own timeouts for its checks and for the test videos.</summary>
    private static readonly TimeSpan Timeout = TimeSpan.FromHours(1);

    private static readonly TimeSpan Skew = TimeSpan.FromSeconds(30);

    public static Command Create()
    {
        var run = new Option<bool>("--run")
        {
            Description = "Also make a short test video on every worker. These are normal jobs of the key's account.",
        };
        var reach = new Option<string?>("--reach") { Description = "Also test whether webhooks can reach this URL." };
        var command = Connection.WithConnection(
            new Command("doctor", "Check the installation and show how to fix problems.") { Show.Json, run, reach });
        command.SetAction(async (parsed, cancel) =>
        {
            List<Finding> found;
            try
            {
                found = await AskAsync(parsed, parsed.GetValue(reach), parsed.GetValue(run), cancel);
            }
            catch (CliException error) when (error.Exit == Exits.Unreachable || error.Code == "no_key")
            {
                found = [Finding.Error("gateway", error.Message, "Start it with `rushes serve`, or set --url. "
                    + "The checks below are for this machine."), .. await LookAsync(parsed, cancel)];
            }
            return Print(parsed, found);
        });
        command.WithExamples(
            "rushes doctor", "rushes doctor --run", "rushes doctor --reach https://client.example.com/done --json");
        return command;
    }

    private static async Task<List<Finding>> AskAsync(ParseResult parsed, string? reach, bool run, CancellationToken cancel)
    {
        using var gateway = GatewayClient.Of(parsed, Timeout);
        var asked = TimeProvider.System.GetUtcNow();
        var answer = await gateway.GetAsync(
            "admin/health" + (reach is null ? "" : $"?reach={Uri.EscapeDataString(reach)}"), cancel);
        var found = FindingsOf(answer);
        // The gateway read its clock between sending the request and receiving the response.
        var (at, now) = (answer.GetProperty("at").GetDateTimeOffset(), TimeProvider.System.GetUtcNow());
        if (at < asked - Skew || at > now + Skew)
            found.Add(
                Finding.Warning(
                    "clock", $"The gateway's clock is {at:yyyy-MM-dd HH:mm:ss} UTC, this machine's is {now:yyyy-MM-dd HH:mm:ss}.",
                    "Set up NTP on both: signed URLs and webhooks contain times."));
        if (run) found.AddRange(FindingsOf(await gateway.SendAsync(HttpMethod.Post, "admin/health/trial", null, cancel)));
        return found;
    }

    private static async Task<List<Finding>> LookAsync(ParseResult parsed, CancellationToken cancel)
    {
        var found = new List<Finding> { await MachineChecks.FfmpegAsync(cancel) };
        try
        {
            var files = new ConfigurationBuilder().AddJsonFile(Path.GetFullPath("appsettings.json"), optional: true).Build();
            var flags = Connection.FolderOf(parsed) is { } data
                ? [KeyValuePair.Create("data", data)]
                : Array.Empty<KeyValuePair<string, string>>();
            var options = SettingsReader.Read(flags, Environment.GetEnvironmentVariables(), files);
            found.Add(MachineChecks.Disk(options.Data));
            found.AddRange(
                options.Urls.Split(';', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries).Select(
                    MachineChecks.Port));
        }
        catch (SettingsException bad)
        {
            found.Add(Finding.Error("settings", bad.Message, "Fix the setting; see docs/operate/settings.md."));
        }
        return found;
    }

    private static List<Finding> FindingsOf(
        JsonElement answer) => [.. answer.GetProperty("findings").EnumerateArray().Select(finding => new Finding(
        finding.GetProperty("check").GetString()!, finding.GetProperty("level").GetString()!,
        finding.GetProperty("says").GetString()!,
        finding.TryGetProperty("do", out var cure) ? cure.GetString() : null))];

    private static int Print(ParseResult parsed, List<Finding> found)
    {
        var ok = !found.Exists(finding => finding.IsError);
        if (parsed.GetValue(Show.Json))
            Show.Fact(
                parsed, "",
                new { ok, findings = found.Select(finding => new { finding.Check, finding.Level, finding.Says, finding.Do }) });
        else
            foreach (var finding in found)
            {
                var colour = finding.Level switch { "ok" => "green", "warning" => "yellow", _ => "red" };
                // Without a terminal, lines are not wrapped.
                if (Console.IsOutputRedirected) AnsiConsole.Profile.Width = 1000;
                AnsiConsole.MarkupLine($"[{colour}]{finding.Level,-8}[/]{finding.Check,-11} {Markup.Escape(finding.Says)}");
                if (finding.Do is { } cure) AnsiConsole.MarkupLine($"{"",-19} -> {Markup.Escape(cure)}");
            }
        return ok ? Exits.Done : Exits.Failed;
    }
}
