using System.CommandLine;

namespace Rushes.Cli;

/// <summary>
/// <c>rushes completion</c>: prints a shell completion script, which calls the program with the <c>[suggest]</c> directive, by
/// the path that was typed, because a program in a clone or a download is not on PATH.
/// </summary>
internal static class CompletionCommand
{
    private static readonly Dictionary<string, string> Scripts = new()
    {
        ["bash"] = """
            _rushes() {
              local IFS=$'\n'
              COMPREPLY=($("${COMP_WORDS[0]/#\~/$HOME}" "[suggest:$COMP_POINT]" "$COMP_LINE" 2>/dev/null))
            }
            complete -o default -F _rushes rushes
            """,
        ["zsh"] = """
            #compdef rushes
            _rushes() {
              local -a found
              found=("${(@f)$(${~words[1]} "[suggest:$CURSOR]" "$BUFFER" 2>/dev/null)}")
              compadd -a found || _files
            }
            compdef _rushes rushes
            """,
        ["fish"] = """
            function __rushes
              set -l typed (commandline -opc)
              $typed[1] "[suggest:"(commandline -C)"]" (commandline -p) 2>/dev/null
            end
            complete -c rushes -a '(__rushes)'
            """,
    };

    public static Command Create()
    {
        var shell = new Argument<string>("shell") { Description = "bash, zsh or fish." };
        shell.AcceptOnlyFromAmong([.. Scripts.Keys]);
        var command = new Command("completion", "Print a shell completion script.") { shell }
            .WithExamples("source <(rushes completion bash)", "rushes completion fish > ~/.config/fish/completions/rushes.fish");
        command.SetAction(parsed => Console.WriteLine(Scripts[parsed.GetValue(shell)!]));
        return command;
    }
}
