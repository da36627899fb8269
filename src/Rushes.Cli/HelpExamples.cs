using System.CommandLine;
using System.CommandLine.Help;
using System.CommandLine.Invocation;
using System.Runtime.CompilerServices;

namespace Rushes.Cli;

/// <summary>Adds examples to the help of commands.</summary>
internal static class HelpExamples
{
    private static readonly ConditionalWeakTable<Command, string[]> Examples = [];

    /// <summary>Sets the examples of a command.</summary>
    public static Command WithExamples(this Command command, params string[] examples)
    {
        Examples.Add(command, examples);
        return command;
    }

    /// <summary>The examples of a command; empty if it has none.</summary>
    public static IReadOnlyList<string> ExamplesOf(Command command) =>
        Examples.TryGetValue(command, out var examples) ? examples : [];

    /// <summary>Shows the examples at the end of the help.</summary>
    public static void Install(RootCommand root)
    {
        var help = root.Options.OfType<HelpOption>().Single();
        help.Action = new HelpWithExamples((SynchronousCommandLineAction)help.Action!);
    }

    private sealed class HelpWithExamples(SynchronousCommandLineAction plain) : SynchronousCommandLineAction
    {
        public override int Invoke(ParseResult parseResult)
        {
            var output = parseResult.InvocationConfiguration.Output;
            var command = parseResult.CommandResult.Command;
            using var help = new StringWriter();
            parseResult.InvocationConfiguration.Output = help;
            var exit = plain.Invoke(parseResult);
            parseResult.InvocationConfiguration.Output = output;
            // The parser uses the name of the executable file.
            output.Write(help.ToString().Replace(RootCommand.ExecutableName, "rushes", StringComparison.Ordinal));
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
