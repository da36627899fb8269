using System.CommandLine;
using Rushes.Catalog;
using Rushes.Cli;
using Rushes.Client;
using Rushes.Server.Settings;
using Rushes.Work.Remote;

var root = new RootCommand("Rushes turns requests into videos on your own machines.")
{
    ServeCommand.Create(),
    WorkerCommand.Create(),
    DemoCommand.Create(),
    GenerateCommand.Create(),
    JobCommands.Status(),
    JobCommands.Result(),
    JobCommands.Cancel(),
    JobCommands.Approve(),
    ModelsCommand.Create(),
    WebhooksCommand.Create(),
    LoginCommand.Create(),
    LoginCommand.Logout(),
    AccountsCommand.Create(),
    KeysCommand.Create(),
    CreditCommand.Create(),
    AuditCommand.Create(),
    StorageCommand.Create(),
    DatabaseCommand.Create(),
    DoctorCommand.Create(),
    CompletionCommand.Create(),
};
root.Teach(
    "rushes demo", "rushes serve --urls http://127.0.0.1:8080 --data data", "rushes generate t2v \"a cat in a cape\" -o cat.mp4", "rushes status 12 --watch");
Teaching.Install(root);

var parsed = root.Parse(args);
try
{
    // Without end: a gateway or worker that is told to stop hands back what it runs, and bounds itself how long that takes.
    var exit = await parsed.InvokeAsync(new InvocationConfiguration { EnableDefaultExceptionHandler = false, ProcessTerminationTimeout = Timeout.InfiniteTimeSpan });
    return parsed.Errors.Count > 0 ? Exits.Usage : exit;
}
catch (Exception error) when (error is SettingsException or CatalogException or WorkerRefusedException)
{
    await Console.Error.WriteLineAsync(error.Message);
    return Exits.Usage;
}
catch (CliException error)
{
    return Say(error.Message, error.Code, null, error.Exit);
}
catch (RushesException error)
{
    return Say(error.Message, error.Code, error.Field, Exits.Of(error));
}

// For people on the error stream; programs find the same where they look for the answer.
int Say(string message, string? code, string? field, int exit)
{
    Console.Error.WriteLine(message);
    if (parsed.GetValue(Show.Json)) Show.Line(new { error = message, code, field });
    return exit;
}
