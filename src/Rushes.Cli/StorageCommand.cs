using System.CommandLine;
using System.Security.Cryptography;
using Microsoft.Extensions.Configuration;
using Rushes.Files;
using Rushes.Server;
using Rushes.Server.Settings;
using Spectre.Console;

namespace Rushes.Cli;

/// <summary><c>rushes storage migrate</c>: copies all files to another store, while the gateway runs or not.</summary>
internal static class StorageCommand
{
    public static Command Create()
    {
        var from = new Option<string>("--from") { Description = "Where the files are: as the setting storage, such as local.", Required = true };
        var to = new Option<string>("--to") { Description = "Where they are copied to, such as 's3://films?endpoint=https://s3.example.com'.", Required = true };
        var data = new Option<string?>("--data") { Description = "The gateway's folder. Default RUSHES_DATA, else data." };
        var migrate = new Command("migrate", "Copy every file to another store and check the copies. Run again, it goes on where it was.") { from, to, data }.Teach("rushes storage migrate --from local --to 's3://films?endpoint=https://s3.example.com'");
        migrate.SetAction((parsed, cancel) => MigrateAsync(parsed.GetValue(from)!, parsed.GetValue(to)!, parsed.GetValue(data), cancel));
        return new Command("storage", "Where files are kept.") { migrate }.Teach("rushes storage migrate --from local --to s3://films");
    }

    private static async Task<int> MigrateAsync(string from, string to, string? data, CancellationToken cancel)
    {
        var files = new ConfigurationBuilder().AddJsonFile(Path.GetFullPath("appsettings.json"), optional: true).Build();
        var options = SettingsReader.Read(data is null ? [] : [KeyValuePair.Create("data", data)], Environment.GetEnvironmentVariables(), files);
        if (from == to) throw new SettingsException("--from and --to are the same.");
        if (!Directory.Exists(options.Data)) throw new SettingsException($"Data: there is no folder \"{options.Data}\".");

        var scratch = Directory.CreateTempSubdirectory("rushes-copy-").FullName;
        var source = await OpenAsync(options with { Storage = from }, cancel);
        var target = await OpenAsync(options with { Storage = to }, cancel);
        try
        {
            using var journal = new CopyJournal(new Folder(options.Data).File("storage-migrate.journal"), $"{from} -> {to}");
            var total = await CopyAsync(new StoreCopy(source, target, journal, scratch), cancel);
            Console.WriteLine($"{total.Now} files copied and checked, {total.Before} were copied before, {Size(total.Bytes)} in all.");
            Console.WriteLine($"Now stop the gateway, run this once more for what came in meanwhile, and start it with --storage '{to}'.");
            return 0;
        }
        catch (OperationCanceledException)
        {
            throw new CliException("Stopped. Run it again and it goes on from here.");
        }
        catch (IOException error)
        {
            throw new CliException($"{error.Message} What was copied stays; run it again to go on from here.");
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
                new TaskDescriptionColumn { Alignment = Justify.Left }, new ProgressBarColumn(), new PercentageColumn(), new DownloadedColumn(),
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
        StorageChoice.OpenAsync(options, new Folder(options.Data).File("files", allowLink: true), RandomNumberGenerator.GetBytes(32), TimeProvider.System, cancel);

    /// <summary>As the progress bar counts.</summary>
    private static string Size(long bytes) => bytes < 1 << 20 ? $"{bytes / 1024.0:0.#} KB" : $"{bytes / 1048576.0:0.#} MB";

    private sealed class Total
    {
        private long now, before, bytes;

        public long Now => now;

        public long Before => before;

        public long Bytes => bytes;

        public void Add(StoredFile file, Copied how)
        {
            if (how == Copied.Gone) return;
            if (how == Copied.Now) Interlocked.Increment(ref now);
            else Interlocked.Increment(ref before);
            Interlocked.Add(ref bytes, file.Bytes);
        }
    }
}
