using System.CommandLine;
using System.Text;

namespace Rushes.Cli;

/// <summary><c>rushes man</c>: a manual page, generated from the commands and their examples.</summary>
internal static class ManCommand
{
    private static readonly string[] Everywhere = ["--url", "--key", "--data", "--json"];

    public static Command Create(RootCommand root)
    {
        var command = new Command("man", "Print the manual page.").WithExamples(
            "rushes man | man -l -", "rushes man > /usr/local/share/man/man1/rushes.1");
        command.SetAction(_ => Console.Out.Write(Page(root)));
        return command;
    }

    public static string Page(RootCommand root)
    {
        var page = new StringBuilder();
        var version = ProgramVersion.Text;
        page.AppendLine($".TH RUSHES 1 \"\" \"rushes {version}\" \"Rushes\"");
        page.AppendLine($".SH NAME\nrushes \\- {Text(root.Description!["Rushes ".Length..].TrimEnd('.'))}");
        page.AppendLine(".SH SYNOPSIS\n.B rushes\n.I command\n[arguments] [options]");
        page.AppendLine(".SH COMMANDS");
        foreach (var command in root.Subcommands) Write(page, command, "rushes");
        page.AppendLine(".SH OPTIONS\nOptions of all commands that call a gateway:");
        foreach (var option in AllCommands(root).SelectMany(command => command.Options)
            .Where(option => Everywhere.Contains(option.Name)).DistinctBy(option => option.Name)) Write(page, option);
        page.AppendLine(".SH ENVIRONMENT");
        Write(page, "RUSHES_URL", "The gateway's address.");
        Write(page, "RUSHES_API_KEY", "The API key to send; for serve, the key of the first account.");
        Write(page, "RUSHES_DATA", "The gateway's data folder, which can contain its API key.");
        page.AppendLine(".SH FILES");
        Write(page, "~/.config/rushes/profile.json", "The address and key saved by rushes login.");
        Write(page, "data/api-key", "The API key that a gateway generated at its first start.");
        page.AppendLine($".SH EXIT STATUS\n{Text(Exits.Help["Exit codes: ".Length..])}");
        page.AppendLine(".SH EXAMPLES\n.EX");
        foreach (var example in HelpExamples.ExamplesOf(root)) page.AppendLine(Text(example));
        return page.AppendLine(".EE").ToString();
    }

    private static IEnumerable<Command> AllCommands(Command command) =>
        command.Subcommands.SelectMany(AllCommands).Prepend(command);

    private static void Write(StringBuilder page, Command command, string path)
    {
        if (command.Hidden) return;
        path = $"{path} {command.Name}";
        // A command that only groups others has no entry of its own.
        if (command.Subcommands.Count == 0 || command.Action is not null)
        {
            page.AppendLine($".SS {Text(string.Join(' ', command.Arguments.Select(Form).Prepend(path)))}");
            page.AppendLine(Text(command.Description!));
            foreach (var argument in command.Arguments.Where(argument => argument.Description is not null))
                Write(page, argument.Name, argument.Description!);
            var inherited = command.Parents.OfType<Command>().Where(parent => parent is not RootCommand)
                .SelectMany(parent => parent.Options);
            foreach (var option in command.Options.Concat(inherited))
                if (!option.Hidden && !Everywhere.Contains(option.Name) && option.Name != "--help") Write(page, option);
            if (HelpExamples.ExamplesOf(command) is { Count: > 0 } examples)
                page.AppendLine($".PP\n.EX\n{string.Join('\n', examples.Select(Text))}\n.EE");
        }
        foreach (var below in command.Subcommands) Write(page, below, path);
    }

    private static void Write(StringBuilder page, Option option)
    {
        var value = option.ValueType == typeof(bool)
            ? ""
            : $" {option.HelpName ?? option.Name.TrimStart('-').ToUpperInvariant()}";
        Write(page, string.Join(", ", option.Aliases.Append(option.Name)) + value, option.Description ?? "");
    }

    private static void Write(StringBuilder page, string name, string meaning) =>
        page.AppendLine($".TP\n.B {Text(name)}\n{Text(meaning)}");

    private static string Form(Argument argument) =>
        argument.Arity.MinimumNumberOfValues == 0 || argument.HasDefaultValue ? $"[{argument.Name}]" : argument.Name;

    /// <summary>
    /// Escapes text for roff: hyphens become minus signs, and no line starts with a dot, which would be a request.
    /// </summary>
    private static string Text(string text)
    {
        var line = text.ReplaceLineEndings(" ")
            .Replace(@"\", @"\e", StringComparison.Ordinal)
            .Replace("-", @"\-", StringComparison.Ordinal)
            .Replace("~", @"\(ti", StringComparison.Ordinal).Replace("'", @"\(aq", StringComparison.Ordinal);
        return line.StartsWith('.') ? @"\&" + line : line;
    }
}
