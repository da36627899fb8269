using System.CommandLine;
using Rushes.Catalog;
using Rushes.Cli;
using Rushes.Server.Settings;
using Rushes.Work.Remote;

var root = new RootCommand("Rushes turns requests into videos on your own machines.")
{
    ServeCommand.Create(),
    WorkerCommand.Create(),
    DemoCommand.Create(),
    AccountsCommand.Create(),
    KeysCommand.Create(),
    CreditCommand.Create(),
    AuditCommand.Create(),
    StorageCommand.Create(),
};

try
{
    // Without end: a gateway or worker that is told to stop hands back what it runs, and bounds itself how long that takes.
    return await root.Parse(args).InvokeAsync(new InvocationConfiguration { EnableDefaultExceptionHandler = false, ProcessTerminationTimeout = Timeout.InfiniteTimeSpan });
}
catch (Exception error) when (error is SettingsException or CatalogException or WorkerRefusedException)
{
    await Console.Error.WriteLineAsync(error.Message);
    return 2;
}
catch (CliException error)
{
    await Console.Error.WriteLineAsync(error.Message);
    return 1;
}
