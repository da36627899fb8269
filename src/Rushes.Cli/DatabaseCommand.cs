using System.CommandLine;
using System.Globalization;
using Rushes.Database;
using Rushes.Database.Copy;
using Rushes.Database.Postgres;
using Spectre.Console;

namespace Rushes.Cli;

/// <summary>
/// <c>rushes database migrate</c>: copies a stopped gateway's SQLite file into an empty PostgreSQL, or with <c>--plan</c> shows
/// what an upgrade does to the schema.
/// </summary>
internal static class DatabaseCommand
{
    private const string Scheme = "sqlite:";

    public static Command Create()
    {
        var from = new Option<string?>("--from")
        {
            Description = "The SQLite database, such as sqlite:data/rushes.db. Stop its gateway first.",
        };
        var to = new Option<string?>("--to")
        {
            Description =
                "An empty PostgreSQL database, as postgres://user:password@host/database. Default RUSHES_DATABASE, which keeps "
                    + "the password out of the command line.",
        };
        var plan = new Option<bool>("--plan")
        {
            Description =
                "Copy nothing and change nothing: show which changes the next start of this version makes to the schema of the "
                    + "database. Default: the gateway's, as set by RUSHES_DATABASE or RUSHES_DATA; --from names another file.",
        };
        var migrate = new Command("migrate", "Copy all data to PostgreSQL and verify the copy. Run it again to resume.")
        {
            from, to, plan,
        }.WithExamples(
            "RUSHES_DATABASE=postgres://rushes:PASSWORD@db.example.com/rushes "
                + "rushes database migrate --from sqlite:data/rushes.db",
            "rushes database migrate --plan");
        migrate.SetAction((parsed, cancel) =>
        {
            var source = parsed.GetValue(from);
            var target = parsed.GetValue(to) ?? Environment.GetEnvironmentVariable("RUSHES_DATABASE");
            if (parsed.GetValue(plan)) return PlanAsync(source, target, cancel);
            if (source is null)
                throw new CliException(
                    "Set --from to the SQLite database, such as sqlite:data/rushes.db.") { Exit = Exits.Usage };
            if (target is null) throw new CliException("There is no target database. Set --to or RUSHES_DATABASE.");
            return MigrateAsync(source, target, cancel);
        });
        return new Command("database", "Manage the database.") { migrate }.WithExamples(
            "rushes database migrate --from sqlite:data/rushes.db --to postgres://rushes@db.example.com/rushes",
            "rushes database migrate --plan");
    }

    /// <summary>Shows what an upgrade does to the schema.</summary>
    private static async Task<int> PlanAsync(string? file, string? server, CancellationToken cancel)
    {
        var (name, plan) = file is null && server is not null
            ? await PlanOfServerAsync(server, cancel)
            : PlanOfFile(file ?? $"{Scheme}{Environment.GetEnvironmentVariable("RUSHES_DATA") ?? "data"}/rushes.db");
        if (plan.IsNewer)
            throw new CliException(
                $"{name} was written by a newer version of Rushes: its schema is {plan.Applied}, this version supports "
                    + $"{plan.Newest}. Install that version or a newer one.") { Exit = Exits.Usage };
        Console.WriteLine(plan.Pending.Count == 0
            ? $"{name} has schema {plan.Applied}, which this version needs. The next start changes nothing."
            : $"{name} has schema {plan.Applied}; this version needs {plan.Newest}. The next start applies:");
        foreach (var migration in plan.Pending) Console.WriteLine($"  {migration}");
        return Exits.Done;
    }

    private static (string Name, SchemaPlan Plan) PlanOfFile(string file)
    {
        var path = file.StartsWith(Scheme, StringComparison.Ordinal) ? file[Scheme.Length..] : file;
        return (path, SchemaPlan.OfFile(path));
    }

    private static async Task<(string Name, SchemaPlan Plan)> PlanOfServerAsync(string server, CancellationToken cancel)
    {
        try
        {
            var url = PostgresUrl.Parse(server);
            return ($"postgres://{url.Shown}", await SchemaPlan.OfServerAsync(url, cancel));
        }
        catch (FormatException error)
        {
            throw new CliException($"Database: {error.Message}") { Exit = Exits.Usage };
        }
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
        catch (CopyRejectedException error)
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
