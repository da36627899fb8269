using System.CommandLine;

namespace Rushes.Cli;

/// <summary>
/// <c>rushes completion</c>: prints a shell completion script, which calls the program with the <c>[suggest]</c> directive.
/// </summary>
internal static class CompletionCommand
{
    private static readonly Dictionary<string, string> Scripts = new()
    {
        ["bash"] = """
            _rushes() {
              local IFS=$'\n'
              COMPREPLY=($(rushes "[suggest:$COMP_POINT]" "$COMP_LINE" 2>/dev/null))
            }
            complete -o default -F _rushes rushes
            """,
        ["zsh"] = """
            #compdef rushes
            _rushes() {
              local -a found
              found=("${(@f)$(rushes "[suggest:$CURSOR]" "$BUFFER" 2>/dev/null)}")
              compadd -a found || _files
            }
            compdef _rushes rushes
            """,
        ["fish"] = """complete -c rushes -a '(rushes "[suggest:"(commandline -C)"]" (commandline -p) 2>/dev/null)'""",
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
