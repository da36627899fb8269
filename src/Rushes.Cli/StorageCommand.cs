using System.CommandLine;
using System.Security.Cryptography;
using Microsoft.Extensions.Configuration;
using Rushes.Files;
using Rushes.Server;
using Rushes.Server.Settings;
using Spectre.Console;

namespace Rushes.Cli;

/// <summary><c>rushes storage migrate</c>: copies all files to another store. The gateway can be running.</summary>
internal static class StorageCommand
{
    public static Command Create()
    {
        var from = new Option<string>("--from")
        {
            Description = "The current store, in the format of the setting storage, such as local.", Required = true,
        };
        var to = new Option<string>("--to")
        {
            Description = "The new store, such as 's3://films?endpoint=https://s3.example.com'.", Required = true,
        };
        var data = new Option<string?>("--data") { Description = "The gateway's data folder. Default RUSHES_DATA, then data." };
        var migrate = new Command("migrate", "Copy all files to another store and verify the copies. Run it again to resume.")
            { from, to, data }
            .WithExamples("rushes storage migrate --from local --to 's3://films?endpoint=https://s3.example.com'");
        migrate.SetAction(
            (parsed, cancel) => MigrateAsync(parsed.GetValue(from)!, parsed.GetValue(to)!, parsed.GetValue(data), cancel));
        return new Command("storage", "Manage file storage.") { migrate }.WithExamples(
            "rushes storage migrate --from local --to s3://films");
    }

    /// <summary>The gateway's settings, for commands that use its storage or database themselves.</summary>
    /// <param name="data">The value of <c>--data</c>; null if it is not set.</param>
    public static GatewayOptions OptionsOf(string? data)
    {
        var files = new ConfigurationBuilder().AddJsonFile(Path.GetFullPath("appsettings.json"), optional: true).Build();
        return SettingsReader.Read(
            data is null ? [] : [KeyValuePair.Create("data", data)], Environment.GetEnvironmentVariables(), files);
    }

    private static async Task<int> MigrateAsync(string from, string to, string? data, CancellationToken cancel)
    {
        var options = OptionsOf(data);
        if (from == to) throw new SettingsException("--from and --to are the same.");
        if (!Directory.Exists(options.Data)) throw new SettingsException($"The data folder \"{options.Data}\" does not exist.");

        var scratch = Directory.CreateTempSubdirectory("rushes-copy-").FullName;
        var source = await OpenAsync(options with { Storage = from }, cancel);
        var target = await OpenAsync(options with { Storage = to }, cancel);
        try
        {
            using var journal = new CopyJournal(new Folder(options.Data).File("storage-migrate.journal"), $"{from} -> {to}");
            var total = await CopyAsync(new StoreCopy(source, target, journal, scratch), cancel);
            Console.WriteLine(
                $"{total.Now} files copied and verified now, {total.Before} in earlier runs, {Size(total.Bytes)} in total.");
            Console.WriteLine(
                "Next: stop the gateway, run this command again to copy new files, "
                    + $"and start the gateway with --storage '{to}'.");
            return 0;
        }
        catch (OperationCanceledException)
        {
            throw new CliException("Stopped. Run the command again to resume.");
        }
        catch (IOException error)
        {
            throw new CliException($"{error.Message} Copied files are kept; run the command again to resume.");
        }
        finally
        {
            (source as IDisposable)?.Dispose();
            (target as IDisposable)?.Dispose();
            Directory.Delete(scratch, recursive: true);
        }
    }

    private static async Task<Total> CopyAsync(StoreCopy copy, CancellationToken cancel)
    {
        var total = new Total();
        var (files, bytes) = await copy.CountAsync(cancel);
        await AnsiConsole.Progress()
            .Columns(
                new TaskDescriptionColumn
                {
                    Alignment = Justify.Left,
                }, new ProgressBarColumn(), new PercentageColumn(), new DownloadedColumn(),
                new TransferSpeedColumn(), new RemainingTimeColumn())
            .StartAsync(async progress =>
            {
                var bar = progress.AddTask($"{files} files", maxValue: Math.Max(bytes, 1));
                await copy.RunAsync(
                    (file, how) =>
                    {
                        total.Add(file, how);
                        bar.Increment(file.Bytes);
                    },
                    cancel);
                bar.Value = bar.MaxValue;
            });
        return total;
    }

    private static Task<IFileStore> OpenAsync(GatewayOptions options, CancellationToken cancel) =>
        StorageChoice.OpenAsync(
            options, new Folder(options.Data).File("files", allowLink: true), RandomNumberGenerator.GetBytes(32),
            TimeProvider.System, cancel);

    /// <summary>In the units of the progress bar.</summary>
    private static string Size(long bytes) => bytes < 1 << 20 ? $"{bytes / 1024.0:0.#} KB" : $"{bytes / 1048576.0:0.#} MB";

    private sealed class Total
    {
        private long now, before, bytes;

        public long Now => now;

        public long Before => before;

        public long Bytes => bytes;

        public void Add(StoredFile file, Copied how)
        {
            if (how == Copied.Missing) return;
            if (how == Copied.Now) Interlocked.Increment(ref now);
            else Interlocked.Increment(ref before);
            Interlocked.Add(ref bytes, file.Bytes);
        }
    }
}
