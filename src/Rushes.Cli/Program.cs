using System.CommandLine;
using Rushes.Catalog;
using Rushes.Cli;
using Rushes.Client;
using Rushes.Database;
using Rushes.Files;
using Rushes.Server.Settings;
using Rushes.Work.Remote;

var parsed = CommandLine.Create().Parse(args);
try
{
    // Without end: a gateway or worker that is told to stop hands back what it runs, and bounds itself how long that takes.
    var exit = await parsed.InvokeAsync(new InvocationConfiguration { EnableDefaultExceptionHandler = false, ProcessTerminationTimeout = Timeout.InfiniteTimeSpan });
    return parsed.Errors.Count > 0 ? Exits.Usage : exit;
}
catch (Exception error) when (error is SettingsException or CatalogException or WorkerRefusedException or DatabaseAwayException or StoreUnavailableException)
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
