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
        var from = new Option<string>("--from")
        {
            Description = "The SQLite database, such as sqlite:data/rushes.db. Stop its gateway first.", Required = true,
        };
        var to = new Option<string?>("--to")
        {
            Description =
                "An empty PostgreSQL database, as postgres://user:password@host/database. "
                    + "Default RUSHES_DATABASE, which keeps the password out of the command line.",
        };
        var migrate =
            new Command("migrate", "Copy all data to PostgreSQL and verify the copy. Run it again to resume.")
                { from, to }
                .WithExamples(
                    "RUSHES_DATABASE=postgres://rushes:PASSWORD@db.example.com/rushes "
                    + "rushes database migrate --from sqlite:data/rushes.db");
        migrate.SetAction((parsed, cancel) => MigrateAsync(
            parsed.GetValue(from)!,
            parsed.GetValue(to)
                ?? Environment.GetEnvironmentVariable("RUSHES_DATABASE")
                ?? throw new CliException("There is no target database. Set --to or RUSHES_DATABASE."),
            cancel));
        return new Command("database", "Manage the database.") { migrate }.WithExamples(
            "rushes database migrate --from sqlite:data/rushes.db --to postgres://rushes@db.example.com/rushes");
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
                throw new CliException(
                    "The copy differs from the original, so no gateway starts on it. "
                        + "Recreate the target database (dropdb, createdb) and report this as a bug.");
            Console.WriteLine(
                "The copy is complete and verified. Files were not moved. "
                    + "Start the gateway with RUSHES_DATABASE set to the new address.");
            return Exits.Done;
        }
        catch (OperationCanceledException)
        {
            throw new CliException("Stopped. Run the command again to resume.");
        }
        catch (CopyRefusedException error)
        {
            throw new CliException(error.Message);
        }
        catch (DatabaseAwayException error)
        {
            throw new CliException($"{error.Message} Copied data is kept; run the command again to resume.");
        }
    }

    private static async Task CopyAsync(DatabaseCopy copy, CancellationToken cancel)
    {
        var (all, before) = await copy.CountAsync();
        await AnsiConsole.Progress()
            .Columns(
                new TaskDescriptionColumn { Alignment = Justify.Left }, new ProgressBarColumn(), new PercentageColumn(),
                new RemainingTimeColumn())
            .StartAsync(async progress =>
            {
                var bar = progress.AddTask($"{all} rows", maxValue: Math.Max(all, 1));
                bar.Increment(before);
                await copy.RunAsync((_, rows) => bar.Increment(rows), cancel);
                bar.Value = bar.MaxValue;
            });
        Console.WriteLine($"{all - before} rows copied now, {before} in earlier runs.");
    }

    private static void Print(IEnumerable<CopyCheck> checks)
    {
        var table = new Table { Border = TableBorder.Minimal };
        table.AddColumns(
            new TableColumn(""), new TableColumn("SQLite").RightAligned(), new TableColumn("PostgreSQL").RightAligned(),
            new TableColumn(""));
        foreach (var check in checks)
            table.AddRow(check.What, Grouped(check.From), Grouped(check.To), check.IsSame ? "same" : "DIFFERENT");
        AnsiConsole.Write(table);
    }

    private static string Grouped(string number) =>
        decimal.Parse(number, CultureInfo.InvariantCulture).ToString("N0", CultureInfo.InvariantCulture);
}
