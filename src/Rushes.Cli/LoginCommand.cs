using System.CommandLine;
using Rushes.Client;
using Spectre.Console;

namespace Rushes.Cli;

/// <summary><c>rushes login</c> and <c>rushes logout</c>.</summary>
internal static class LoginCommand
{
    public static Command Create()
    {
        var command = new Command("login", "Save a gateway's address and an API key for later commands.").WithExamples(
            "rushes login --url https://video.example.com", "rushes login < key.txt");
        command.SetAction(RunAsync);
        return Connection.WithConnection(command);
    }

    public static Command Logout()
    {
        var command = new Command("logout", "Delete the saved address and key.").WithExamples("rushes logout");
        command.SetAction(_ =>
        {
            var saved = File.Exists(Profile.FilePath);
            if (saved) File.Delete(Profile.FilePath);
            Console.WriteLine(saved ? $"Logged out; deleted {Profile.FilePath}" : "You are not logged in.");
        });
        return command;
    }

    private static async Task<int> RunAsync(ParseResult parsed, CancellationToken cancel)
    {
        var (url, given) = Connection.Given(parsed);
        var key = given
            ?? (Console.IsInputRedirected ? (await Console.In.ReadLineAsync(cancel))?.Trim() : await AskAsync(url, cancel));
        if (string.IsNullOrEmpty(key))
            throw new CliException(
                "There is no API key. Enter it, set --key, or send it to standard input.") { Exit = Exits.Usage };
        var client = new RushesClient(new RushesClientOptions { Url = url, Key = key, RetryTimeout = TimeSpan.FromSeconds(3) });
        var models = await client.ModelsAsync(cancel);
        new Profile(url, key).Write();
        Console.WriteLine($"Logged in to {url}: {models.Count} models available. Saved in {Profile.FilePath}");
        return Exits.Done;
    }

    private static Task<string> AskAsync(Uri url, CancellationToken cancel) =>
        new TextPrompt<string>($"API key for [bold]{Markup.Escape(url.AbsoluteUri)}[/]:").Secret(null).ShowAsync(
            AnsiConsole.Console, cancel);
}
