using System.CommandLine;

namespace Rushes.Cli;

/// <summary>All commands of <c>rushes</c>.</summary>
internal static class CommandLine
{
    public static RootCommand Create()
    {
        var root = new RootCommand("Rushes runs AI video generation jobs on your own machines.")
        {
            ServeCommand.Create(),
            WorkerCommand.Create(),
            DemoCommand.Create(),
            GenerateCommand.Create(),
            JobsCommand.Create(),
            JobCommands.Status(),
            JobCommands.Result(),
            JobCommands.Cancel(),
            JobCommands.Approve(),
            JobCommands.Delete(),
            ModelsCommand.Create(),
            WebhooksCommand.Create(),
            LoginCommand.Create(),
            LoginCommand.Logout(),
            AccountsCommand.Create(),
            KeysCommand.Create(),
            CreditCommand.Create(),
            AuditCommand.Create(),
            ReportsCommand.Create(),
            StorageCommand.Create(),
            DatabaseCommand.Create(),
            ComfyCommand.Create(),
            DoctorCommand.Create(),
            McpCommand.Create(),
            CompletionCommand.Create(),
        };
        root.WithExamples(
            "rushes demo", "rushes serve --urls http://127.0.0.1:8080 --data data",
            "rushes generate t2v \"a cat in a cape\" -o cat.mp4", "rushes status 12 --watch");
        root.Add(ManCommand.Create(root));
        HelpExamples.Install(root);
        return root;
    }
}
