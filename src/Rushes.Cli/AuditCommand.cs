using System.CommandLine;

namespace Rushes.Cli;

/// <summary><c>rushes audit</c>.</summary>
internal static class AuditCommand
{
    public static Command Create()
    {
        var after = new Option<long>("--after") { Description = "Only what came after this id." };
        var export = new Command("export", "What was done by those who may, a JSON object a line.") { after }.Teach("rushes audit export --after 120 >> audit.jsonl");
        export.SetAction(async (parsed, cancel) =>
        {
            using var gateway = GatewayClient.Of(parsed);
            await using var output = Console.OpenStandardOutput();
            await gateway.CopyAsync($"admin/audit?after={parsed.GetValue(after)}", output, cancel);
            return 0;
        });
        return Reach.Reachable(new Command("audit", "Who did what.") { export }.Teach("rushes audit export"));
    }
}
