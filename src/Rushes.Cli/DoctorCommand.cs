using System.CommandLine;
using System.Text.Json;
using Microsoft.Extensions.Configuration;
using Rushes.Server.Health;
using Rushes.Server.Settings;
using Spectre.Console;

namespace Rushes.Cli;

/// <summary><c>rushes doctor</c>: asks the gateway how everything is; where none answers, looks at this machine.</summary>
internal static class DoctorCommand
{
    /// <summary>Longer than the gateway's own for its checks and for a round of trials.</summary>
    private static readonly TimeSpan Patience = TimeSpan.FromHours(1);

    private static readonly TimeSpan Skew = TimeSpan.FromSeconds(30);

    public static Command Create()
    {
        var run = new Option<bool>("--run") { Description = "Have every worker make a small video too. These are ordinary jobs of the key's account." };
        var reach = new Option<string?>("--reach") { Description = "An address of a client's that callbacks should get to." };
        var command = Reach.Reachable(new Command("doctor", "Look whether everything works, and what to do where it does not.") { Show.Json, run, reach });
        command.SetAction(async (parsed, cancel) =>
        {
            List<Finding> found;
            try
            {
                found = await AskAsync(parsed, parsed.GetValue(reach), parsed.GetValue(run), cancel);
            }
            catch (CliException away) when (away.Exit == Exits.Unreachable || away.Code == "no_key")
            {
                found = [Finding.Error("gateway", away.Message, "Start it with `rushes serve`, or say with --url where it is. What follows is about this machine."), .. await LookAsync(parsed, cancel)];
            }
            return Tell(parsed, found);
        });
        command.Teach("rushes doctor", "rushes doctor --run", "rushes doctor --reach https://client.example.com/done --json");
        return command;
    }

    private static async Task<List<Finding>> AskAsync(ParseResult parsed, string? reach, bool run, CancellationToken cancel)
    {
        using var gateway = GatewayClient.Of(parsed, Patience);
        var asked = TimeProvider.System.GetUtcNow();
        var answer = await gateway.GetAsync("admin/health" + (reach is null ? "" : $"?reach={Uri.EscapeDataString(reach)}"), cancel);
        var found = FindingsOf(answer);
        // It looked at its clock somewhere between the question and the answer.
        var (at, now) = (answer.GetProperty("at").GetDateTimeOffset(), TimeProvider.System.GetUtcNow());
        if (at < asked - Skew || at > now + Skew)
            found.Add(Finding.Warning("clock", $"The gateway's clock says {at:yyyy-MM-dd HH:mm:ss} UTC, this machine's {now:yyyy-MM-dd HH:mm:ss}.", "Set both by NTP: signed links and callbacks carry times."));
        if (run) found.AddRange(FindingsOf(await gateway.SendAsync(HttpMethod.Post, "admin/health/trial", null, cancel)));
        return found;
    }

    private static async Task<List<Finding>> LookAsync(ParseResult parsed, CancellationToken cancel)
    {
        var found = new List<Finding> { await MachineChecks.FfmpegAsync(cancel) };
        try
        {
            var files = new ConfigurationBuilder().AddJsonFile(Path.GetFullPath("appsettings.json"), optional: true).Build();
            var flags = Reach.FolderOf(parsed) is { } data ? [KeyValuePair.Create("data", data)] : Array.Empty<KeyValuePair<string, string>>();
            var options = SettingsReader.Read(flags, Environment.GetEnvironmentVariables(), files);
            found.Add(MachineChecks.Disk(options.Data));
            found.AddRange(options.Urls.Split(';', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries).Select(MachineChecks.Port));
        }
        catch (SettingsException bad)
        {
            found.Add(Finding.Error("settings", bad.Message, "Put it right; docs/operate/settings.md has every setting."));
        }
        return found;
    }

    private static List<Finding> FindingsOf(JsonElement answer) => [.. answer.GetProperty("findings").EnumerateArray().Select(finding => new Finding(
        finding.GetProperty("check").GetString()!, finding.GetProperty("level").GetString()!, finding.GetProperty("says").GetString()!,
        finding.TryGetProperty("do", out var cure) ? cure.GetString() : null))];

    private static int Tell(ParseResult parsed, List<Finding> found)
    {
        var ok = !found.Exists(finding => finding.IsError);
        if (parsed.GetValue(Show.Json)) Show.Fact(parsed, "", new { ok, findings = found.Select(finding => new { finding.Check, finding.Level, finding.Says, finding.Do }) });
        else
            foreach (var finding in found)
            {
                var colour = finding.Level switch { "ok" => "green", "warning" => "yellow", _ => "red" };
                // What reads a pipe must not find lines broken at a width that nobody sees.
                if (Console.IsOutputRedirected) AnsiConsole.Profile.Width = 1000;
                AnsiConsole.MarkupLine($"[{colour}]{finding.Level,-8}[/]{finding.Check,-11} {Markup.Escape(finding.Says)}");
                if (finding.Do is { } cure) AnsiConsole.MarkupLine($"{"",-19} -> {Markup.Escape(cure)}");
            }
        return ok ? Exits.Done : Exits.Refused;
    }
}
