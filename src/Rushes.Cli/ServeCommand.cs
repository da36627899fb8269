using System.CommandLine;
using System.ComponentModel;
using System.Net.Sockets;
using System.Reflection;
using System.Text;
using System.Text.RegularExpressions;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Connections;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Rushes.Server;
using Rushes.Server.Settings;

namespace Rushes.Cli;

/// <summary><c>rushes serve</c>: runs the gateway until it is stopped. Every setting is an option.</summary>
internal static partial class ServeCommand
{
    public static Command Create()
    {
        var command = new Command("serve", "Run the gateway and its workers.").WithExamples(
            "rushes serve", "rushes serve --urls http://0.0.0.0:8080 --data /var/lib/rushes --workers 2",
            "rushes serve --workers 2 --engine comfyui=http://127.0.0.1:8188,http://127.0.0.1:8189",
            "RUSHES_DATABASE=postgres://rushes@db.example.com/rushes rushes serve --workers 0 --storage s3://films");
        var flags = typeof(GatewayOptions).GetProperties(BindingFlags.Public | BindingFlags.Instance)
            .Select(setting => new Option<string>("--" + Kebab(setting.Name)) { Description = Describe(setting) })
            .ToArray();
        foreach (var flag in flags) command.Add(flag);

        command.SetAction(async (parsed, cancel) =>
        {
            PrivateProcess.Protect();
            var given = flags
                .Where(flag => parsed.GetResult(flag) is not null)
                .Select(flag => KeyValuePair.Create(flag.Name[2..], parsed.GetValue(flag) ?? ""));
            await using var gateway = await StartAsync(given, cancel);
            Console.WriteLine($"Rushes is ready on {string.Join(", ", gateway.App.Urls)}");
            if (gateway.MetricsUrl is { } metrics) Console.WriteLine($"Metrics are at {metrics}/metrics");
            await PrintConsoleAsync(gateway, cancel);
            foreach (var problem in await gateway.EngineProblemsAsync(gateway.App.Lifetime.ApplicationStopping))
                Console.WriteLine($"Rushes is ready, but {problem}");
            await gateway.App.WaitForShutdownAsync(cancel);
            return 0;
        });
        return command;
    }

    /// <summary>Starts a gateway; disposing it stops it.</summary>
    public static async Task<Gateway> StartAsync(
        IEnumerable<KeyValuePair<string, string>> flags, CancellationToken cancel, bool quiet = false)
    {
        // Settings are read once. Watching the file would watch the whole folder, which often contains the database.
        var builder = WebApplication.CreateSlimBuilder(["--hostBuilder:reloadConfigOnChange=false"]);
        if (quiet) builder.Logging.SetMinimumLevel(LogLevel.Warning);
        var options = SettingsReader.Read(flags, Environment.GetEnvironmentVariables(), builder.Configuration);
        LogLines.Write(builder.Logging.ClearProviders(), options);
        var isStarted = false;
        // What stops the start is thrown, and printed once.
        builder.Logging.AddFilter(
            "Microsoft.Extensions.Hosting.Internal.Host", level => isStarted && level >= LogLevel.Information);
        var gateway = await Gateway.BuildAsync(options, builder, cancel);
        try
        {
            await gateway.App.StartAsync(cancel);
            isStarted = true;
            return gateway;
        }
        catch (Exception error) when (error is SocketException or IOException { InnerException: AddressInUseException })
        {
            await gateway.DisposeAsync();
            throw new SettingsException(
                $"Cannot listen on {options.Urls}: {(error is IOException ? "the port is in use" : error.Message)}. "
                    + "Choose another address with --urls, or stop the program that uses this one.");
        }
        catch
        {
            await gateway.DisposeAsync();
            throw;
        }
    }

    /// <summary>
    /// Where the console is. Only a terminal gets a link that signs in, because anyone who reads a log could use it.
    /// </summary>
    private static async Task PrintConsoleAsync(Gateway gateway, CancellationToken cancel)
    {
        if (gateway.SignIn is not { } key) return;
        var url = AddressOf(gateway.App.Urls.First());
        Console.WriteLine($"The console is at {url}/console; sign in with {key}");
        if (!Console.IsOutputRedirected && await gateway.SignInPathAsync(cancel) is { } path)
            Console.WriteLine($"Or open this link, which signs in once within 15 minutes: {url}{path}");
    }

    /// <summary>The URL to open in a browser if the gateway listens on all addresses.</summary>
    private static string AddressOf(string url) => Everywhere().Replace(url, "//127.0.0.1:", 1);

    [GeneratedRegex(@"//(0\.0\.0\.0|\[::\]|\*|\+):")]
    private static partial Regex Everywhere();

    private static string Describe(PropertyInfo setting) =>
        setting.GetCustomAttribute<DescriptionAttribute>()?.Description
        + (setting.GetValue(new GatewayOptions()) is { } value ? $" Default {value}." : "");

    private static string Kebab(string name)
    {
        var kebab = new StringBuilder();
        foreach (var letter in name)
        {
            if (char.IsUpper(letter) && kebab.Length > 0) kebab.Append('-');
            kebab.Append(char.ToLowerInvariant(letter));
        }
        return kebab.ToString();
    }
}
