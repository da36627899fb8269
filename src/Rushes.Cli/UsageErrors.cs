using System.CommandLine;
using System.CommandLine.Invocation;
using System.CommandLine.Parsing;

namespace Rushes.Cli;

/// <summary>An invalid command line: one sentence for each error, and which help to read.</summary>
internal static class UsageErrors
{
    /// <returns>Whether there were errors; a command without its subcommand prints its help.</returns>
    public static bool Print(ParseResult parsed)
    {
        if (parsed.Errors.Count == 0 || parsed.Action is not ParseErrorAction action) return false;
        var command = parsed.CommandResult.Command;
        var needsSubcommand = command.Subcommands.Count > 0;
        var printsHelp = needsSubcommand && parsed.UnmatchedTokens.Count == 0 && parsed.Errors.Count == 1;
        (action.ShowHelp, action.ShowTypoCorrections) = (printsHelp, !printsHelp);
        using var helpOrCorrections = new StringWriter();
        parsed.Invoke(new InvocationConfiguration { Output = helpOrCorrections, Error = TextWriter.Null });
        var text = helpOrCorrections.ToString().Replace(RootCommand.ExecutableName, "rushes", StringComparison.Ordinal).Trim();
        if (printsHelp)
        {
            Console.Error.WriteLine(text);
            return true;
        }

        string[] sentences = needsSubcommand && parsed.UnmatchedTokens is [var unknown, ..]
            ? [$"There is no command \"{PathOf(parsed)} {unknown}\"."]
            : [.. parsed.Errors.Select(Sentence)];
        foreach (var sentence in sentences) Console.Error.WriteLine(sentence);
        if (parsed.Tokens.Any(token => token.Value == Show.Json.Name))
            Show.Line(new { error = string.Join(' ', sentences), code = Exits.CodeOf(Exits.Usage) });
        if (Similar(text, parsed.UnmatchedTokens) is { Length: > 0 } similar) Console.Error.WriteLine($"Did you mean {similar}?");
        Console.Error.WriteLine($"Run {PathOf(parsed)} --help for help.");
        return true;
    }

    /// <summary>
    /// The commands or options that the parser proposes for the first unknown word. For a command it also proposes
    /// options, which are left out.
    /// </summary>
    private static string Similar(string corrections, IReadOnlyList<string> unknown) => string.Join(
        " or ", corrections.Split('\n').Skip(1).Select(line => line.Trim()).TakeWhile(line => !line.StartsWith('\''))
            .Where(line => line.Length > 0 && line.StartsWith('-') == unknown is [['-', ..], ..]));

    private static string Sentence(ParseError error) => error.SymbolResult switch
    {
        OptionResult { Tokens: [var token, ..] } option when Expected(option.Option.ValueType) is { } expected =>
            $"{option.Option.Name} is \"{token.Value}\"; use {expected}.",
        ArgumentResult { Tokens: [var token, ..] } argument when Expected(argument.Argument.ValueType) is { } expected =>
            $"{argument.Argument.Name} is \"{token.Value}\"; use {expected}.",
        _ => error.Message,
    };

    /// <summary>What a value of the type looks like; null for text.</summary>
    private static string? Expected(Type type) => (Nullable.GetUnderlyingType(type) ?? type) switch
    {
        { IsEnum: true } choice => string.Join(" or ", Enum.GetNames(choice).Select(name => name.ToLowerInvariant())),
        var number when number == typeof(int) || number == typeof(long) => "a whole number",
        var number when number == typeof(double) || number == typeof(decimal) => "a number",
        var flag when flag == typeof(bool) => "true or false",
        var span when span == typeof(TimeSpan) => "a duration such as 00:10:00",
        _ => null,
    };

    private static string PathOf(ParseResult parsed)
    {
        var names = new Stack<string>();
        SymbolResult? result = parsed.CommandResult;
        for (; result is CommandResult { Command: not RootCommand } each; result = each.Parent) names.Push(each.Command.Name);
        names.Push("rushes");
        return string.Join(' ', names);
    }
}
