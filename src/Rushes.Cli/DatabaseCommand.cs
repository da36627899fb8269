using System.CommandLine;
using System.Globalization;
using Rushes.Database;
using Rushes.Database.Copy;
using Spectre.Console;

namespace Rushes.Cli;

/// <summary><c>rushes database migrate</c>: copies a stopped gateway's SQLite file into an empty PostgreSQL.</summary>
internal static class DatabaseCommand
{
    public static Command Create()
    {
        var from = new Option<string>("--from") { Description = "The database there is, such as sqlite:data/rushes.db. Its gateway is stopped.", Required = true };
        var to = new Option<string?>("--to") { Description = "An empty PostgreSQL, as postgres://user:password@host/database. Default RUSHES_DATABASE: others can see a command line." };
        var migrate = new Command("migrate", "Copy every row to PostgreSQL and check the copy. Run again, it goes on where it was.") { from, to }.Teach("RUSHES_DATABASE=postgres://rushes:PASSWORD@db.example.com/rushes rushes database migrate --from sqlite:data/rushes.db");
        migrate.SetAction((parsed, cancel) => MigrateAsync(
            parsed.GetValue(from)!,
            parsed.GetValue(to) ?? Environment.GetEnvironmentVariable("RUSHES_DATABASE") ?? throw new CliException("Where to? Give --to, or set RUSHES_DATABASE."), cancel));
        return new Command("database", "Where jobs, accounts and keys are kept.") { migrate }.Teach("rushes database migrate --from sqlite:data/rushes.db --to postgres://rushes@db.example.com/rushes");
    }

    private static async Task<int> MigrateAsync(string from, string to, CancellationToken cancel)
    {
        try
        {
            await using var copy = await DatabaseCopy.OpenAsync(from, to, cancel);
            await CopyAsync(copy, cancel);
            var checks = await copy.FinishAsync();
            Print(checks);
            if (checks.Any(check => !check.IsSame))
                throw new CliException("The copy is not what its original is; no gateway starts on it. Make the database anew (dropdb, createdb) and report this.");
            Console.WriteLine("Everything is there. Files stay where they are. Start the gateway with RUSHES_DATABASE set to the new address.");
            return Exits.Done;
        }
        catch (OperationCanceledException)
        {
            throw new CliException("Stopped. Run it again and it goes on from here.");
        }
        catch (CopyRefusedException error)
        {
            throw new CliException(error.Message);
        }
        catch (DatabaseAwayException error)
        {
            throw new CliException($"{error.Message} What was copied stays; run it again to go on from here.");
        }
    }

    private static async Task CopyAsync(DatabaseCopy copy, CancellationToken cancel)
    {
        var (all, before) = await copy.CountAsync();
        await AnsiConsole.Progress()
            .Columns(new TaskDescriptionColumn { Alignment = Justify.Left }, new ProgressBarColumn(), new PercentageColumn(), new RemainingTimeColumn())
            .StartAsync(async progress =>
            {
                var bar = progress.AddTask($"{all} rows", maxValue: Math.Max(all, 1));
                bar.Increment(before);
                await copy.RunAsync((_, rows) => bar.Increment(rows), cancel);
                bar.Value = bar.MaxValue;
            });
        Console.WriteLine($"{all - before} rows copied, {before} were copied before.");
    }

    private static void Print(IEnumerable<CopyCheck> checks)
    {
        var table = new Table { Border = TableBorder.Minimal };
        table.AddColumns(new TableColumn(""), new TableColumn("SQLite").RightAligned(), new TableColumn("PostgreSQL").RightAligned(), new TableColumn(""));
        foreach (var check in checks) table.AddRow(check.What, Grouped(check.From), Grouped(check.To), check.IsSame ? "same" : "DIFFERENT");
        AnsiConsole.Write(table);
    }

    private static string Grouped(string number) => decimal.Parse(number, CultureInfo.InvariantCulture).ToString("N0", CultureInfo.InvariantCulture);
}
