using System.CommandLine;

namespace Rushes.Cli;

/// <summary><c>rushes audit</c>.</summary>
internal static class AuditCommand
{
    public static Command Create()
    {
        var after = new Option<long>("--after") { Description = "Only entries after this id." };
        var export = new Command("export", "Export the audit log, one JSON object per line.") { after }.WithExamples(
            "rushes audit export --after 120 >> audit.jsonl");
        export.SetAction(async (parsed, cancel) =>
        {
            using var gateway = GatewayClient.Of(parsed);
            await using var output = Console.OpenStandardOutput();
            await gateway.CopyAsync($"admin/audit?after={parsed.GetValue(after)}", output, cancel);
            return 0;
        });
        return Connection.WithConnection(
            new Command("audit", "Read the audit log of administrative actions.") { export }.WithExamples("rushes audit export"));
    }
}
