using System.CommandLine;
using System.CommandLine.Help;
using System.CommandLine.Invocation;
using System.Runtime.CompilerServices;

namespace Rushes.Cli;

/// <summary>Help that shows how a command is used, after what the parser knows of it.</summary>
internal static class Teaching
{
    private static readonly ConditionalWeakTable<Command, string[]> Examples = [];

    /// <summary>Gives a command command lines to learn from.</summary>
    public static Command Teach(this Command command, params string[] examples)
    {
        Examples.Add(command, examples);
        return command;
    }

    /// <summary>What it was given; none for commands that only hold others.</summary>
    public static IReadOnlyList<string> ExamplesOf(Command command) => Examples.TryGetValue(command, out var examples) ? examples : [];

    /// <summary>Has the help of all commands end with their examples.</summary>
    public static void Install(RootCommand root)
    {
        var help = root.Options.OfType<HelpOption>().Single();
        help.Action = new TaughtHelp((SynchronousCommandLineAction)help.Action!);
    }

    private sealed class TaughtHelp(SynchronousCommandLineAction plain) : SynchronousCommandLineAction
    {
        public override int Invoke(ParseResult parseResult)
        {
            var output = parseResult.InvocationConfiguration.Output;
            var command = parseResult.CommandResult.Command;
            using var said = new StringWriter();
            parseResult.InvocationConfiguration.Output = said;
            var exit = plain.Invoke(parseResult);
            parseResult.InvocationConfiguration.Output = output;
            // The parser knows the file that runs, not what people call it by.
            output.Write(said.ToString().Replace(RootCommand.ExecutableName, "rushes", StringComparison.Ordinal));
            if (ExamplesOf(command) is { Count: > 0 } examples)
            {
                output.WriteLine("Examples:");
                foreach (var example in examples) output.WriteLine($"  {example}");
                output.WriteLine();
            }
            if (command is RootCommand) output.WriteLine(Exits.Help);
            return exit;
        }
    }
}
