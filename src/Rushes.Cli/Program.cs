using System.CommandLine;
using Rushes.Catalog;
using Rushes.Cli;
using Rushes.Client;
using Rushes.Database;
using Rushes.Files;
using Rushes.Pictures;
using Rushes.Server.Settings;
using Rushes.Work.Remote;
using Spectre.Console;

if (args is [ImageProgram.Argument, .. var image]) return ImageProgram.Run(image);

if (Console.IsOutputRedirected)
{
    // Spectre.Console writes colors into pipes in some CI systems.
    AnsiConsole.Console = AnsiConsole.Create(
        new AnsiConsoleSettings { Ansi = AnsiSupport.No, ColorSystem = ColorSystemSupport.NoColors });
}

var parsed = CommandLine.Create().Parse(args);
if (UsageErrors.Print(parsed)) return Exits.Usage;
try
{
    // No timeout: gateways and workers limit their shutdown themselves, to return running jobs to the queue.
    return await parsed.InvokeAsync(new InvocationConfiguration
    {
        EnableDefaultExceptionHandler = false, ProcessTerminationTimeout = Timeout.InfiniteTimeSpan,
    });
}
catch (Exception error) when (error is SettingsException or CatalogException or WorkerRejectedException
    or DatabaseAwayException or StoreUnavailableException)
{
    return PrintError(error.Message, "invalid_setting", null, Exits.Usage);
}
catch (CliException error)
{
    return PrintError(error.Message, error.Code, error.Field, error.Exit);
}
catch (RushesException error)
{
    return PrintError(error.Message, error.Code, error.Field, Exits.Of(error));
}
catch (Exception error) when (error is IOException or UnauthorizedAccessException or HttpRequestException)
{
    return PrintError(error.Message, error is HttpRequestException ? "unreachable" : "io_error", null,
        error is HttpRequestException ? Exits.Unreachable : Exits.Failed);
}
catch (Exception error) when (error is not OperationCanceledException)
{
    return PrintError($"Unexpected error ({error.GetType().Name}): {error.Message}", "internal_error", null, Exits.Failed);
}

// Prints the error to standard error, and with --json also as JSON to standard output.
int PrintError(string message, string code, string? field, int exit)
{
    Console.Error.WriteLine(message);
    if (parsed.GetValue(Show.Json)) Show.Line(new { error = message, code, field });
    return exit;
}
