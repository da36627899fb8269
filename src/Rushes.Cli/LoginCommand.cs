using System.CommandLine;
using Rushes.Client;
using Spectre.Console;

namespace Rushes.Cli;

/// <summary><c>rushes login</c> and <c>rushes logout</c>.</summary>
internal static class LoginCommand
{
    public static Command Create()
    {
        var command = new Command("login", "Keep a gateway and a key for the commands that follow.").Teach(
            "rushes login --url https://video.example.com", "rushes login < key.txt");
        command.SetAction(RunAsync);
        return Reach.Reachable(command);
    }

    public static Command Logout()
    {
        var command = new Command("logout", "Forget the gateway and the key.").Teach("rushes logout");
        command.SetAction(_ =>
        {
            if (File.Exists(Profile.FilePath)) File.Delete(Profile.FilePath);
        });
        return command;
    }

    private static async Task<int> RunAsync(ParseResult parsed, CancellationToken cancel)
    {
        var (url, given) = Reach.Given(parsed);
        var key = given ?? (Console.IsInputRedirected ? (await Console.In.ReadLineAsync(cancel))?.Trim() : await AskAsync(url, cancel));
        if (string.IsNullOrEmpty(key)) throw new CliException("There is no key: type it, give --key, or pipe it in.") { Exit = Exits.Usage };
        // Tried before it is kept.
        var client = new RushesClient(new RushesClientOptions { Url = url, Key = key, Patience = TimeSpan.FromSeconds(3) });
        var models = await client.ModelsAsync(cancel);
        new Profile(url, key).Write();
        Console.WriteLine($"{url} is good for {models.Count} models; kept in {Profile.FilePath}");
        return Exits.Done;
    }

    private static Task<string> AskAsync(Uri url, CancellationToken cancel) =>
        new TextPrompt<string>($"Key for [bold]{Markup.Escape(url.AbsoluteUri)}[/]:").Secret(null).ShowAsync(AnsiConsole.Console, cancel);
}
