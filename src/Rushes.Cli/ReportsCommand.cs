using System.CommandLine;
using System.Text.Json;

namespace Rushes.Cli;

/// <summary><c>rushes reports</c>.</summary>
internal static class ReportsCommand
{
    private static readonly string[] Columns =
        ["id", "at", "job", "account", "model", "reason", "details", "contact", "reporter"];

    private static readonly string[] ClosedColumns = [.. Columns, "closed_at", "closed_by", "note"];

    public static Command Create() => Connection.WithConnection(new Command("reports", "Manage reports of misuse of videos.")
    {
        Show.Json, List(), Close(),
    }.WithExamples("rushes reports list", "rushes reports close 12 --note \"video deleted\""));

    private static Command List()
    {
        var closed = new Option<bool>("--closed") { Description = "Closed reports instead of open ones." };
        var before = new Option<long?>("--before") { Description = "Only reports with an id below this one." };
        var command = new Command("list", "List open reports, the newest first.") { closed, before }.WithExamples(
            "rushes reports list", "rushes reports list --closed --json");
        command.SetAction(async (parsed, cancel) =>
        {
            using var gateway = GatewayClient.Of(parsed);
            var path = $"admin/reports?closed={(parsed.GetValue(closed) ? "true" : "false")}"
                + (parsed.GetValue(before) is { } id ? $"&before={id}" : "");
            var answer = await gateway.GetAsync(path, cancel);
            return Show.List(
                parsed, answer.GetProperty("reports").EnumerateArray(), parsed.GetValue(closed) ? ClosedColumns : Columns,
                next: answer.GetProperty("next") is { ValueKind: JsonValueKind.Number } next ? next.GetRawText() : null);
        });
        return command;
    }

    private static Command Close()
    {
        var id = new Argument<long>("id");
        var note = new Option<string?>("--note") { Description = "What was done." };
        var command = new Command("close", "Close a report. The reporter's contact is deleted.") { id, note }.WithExamples(
            "rushes reports close 12 --note \"video deleted\"");
        command.SetAction(async (parsed, cancel) =>
        {
            using var gateway = GatewayClient.Of(parsed);
            var body = new { note = parsed.GetValue(note) };
            return Show.One(
                parsed, await gateway.SendAsync(HttpMethod.Post, $"admin/reports/{parsed.GetValue(id)}/close", body, cancel),
                ClosedColumns);
        });
        return command;
    }
}
