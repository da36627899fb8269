using System.Text.RegularExpressions;
using Rushes.Tests.Rules;

namespace Rushes.Tests.Docs;

/// <param name="NotRun">Why no test runs it; null: CommandTests does.</param>
internal sealed record Block(string Language, string Code, string? NotRun);

/// <summary>README.md and the files below docs, and their content.</summary>
internal static partial class Pages
{
    public static readonly string Root = RoomTests.Root();

    public static IEnumerable<string> All() =>
        Directory.EnumerateFiles(Path.Combine(Root, "docs"), "*.md", SearchOption.AllDirectories)
        .Select(path => Path.GetRelativePath(Root, path)).Prepend("README.md").Order();

    /// <summary>The code blocks that a reader would run, in order.</summary>
    public static IEnumerable<Block> Blocks(string text) => Fence().Matches(text)
        .Select(
            block => new Block(
                block.Groups["language"].Value, block.Groups["code"].Value,
                block.Groups["why"] is { Success: true } why ? why.Value : null));

    /// <summary>The targets of relative links, without anchors.</summary>
    public static IEnumerable<string> Links(string text) =>
        Link().Matches(text).Select(link => link.Groups[1].Value.Split('#')[0])
        .Where(
            target => target.Length > 0 && !target.Contains(
                "://", StringComparison.Ordinal) && !target.StartsWith("mailto:", StringComparison.Ordinal));

    /// <summary>Links to headings of Markdown files: the file, empty for the page itself, and the anchor.</summary>
    public static IEnumerable<(string File, string Anchor)> Anchors(string text) =>
        Link().Matches(text).Select(link => link.Groups[1].Value.Split('#'))
        .Where(
            parts => parts.Length == 2 && !parts[0].Contains(
                "://", StringComparison.Ordinal) && parts[0] is "" or [.., '.', 'm', 'd'])
        .Select(parts => (parts[0], parts[1]));

    /// <summary>The anchors of all headings, as GitHub makes them.</summary>
    public static IEnumerable<string> Headings(string text) => text.Split('\n').Where(line => line.StartsWith('#'))
        .Select(line => NoAnchor().Replace(line.TrimStart('#').Trim().ToLowerInvariant(), "").Replace(' ', '-'));

    /// <summary>The arguments of every <c>rushes</c> command, in blocks and inline code.</summary>
    public static IEnumerable<string> Commands(string text) =>
        Lines(text).Concat(Inline().Matches(text).Select(code => code.Groups[1].Value))
            .Select(line => Command().Match(line)).Where(match => match.Success).Select(match => match.Groups[1].Value);

    /// <summary>Splits a command as a shell does, up to a comment, a pipe or the next command.</summary>
    public static string[] Words(string line) => [.. Word().Matches(line)
        .Select(word => word.Value)
        .TakeWhile(word => word is not ("|" or "&" or "&&" or ";" or ">" or ">>" or "<" or "2>") && word[0] != '#')
        .Select(word => Quote().Replace(word, match => match.Groups[1].Value + match.Groups[2].Value))];

    private static IEnumerable<string> Lines(string text)
    {
        var inside = false;
        foreach (var line in text.Replace("\\\n", " ", StringComparison.Ordinal).Split('\n'))
            if (line.StartsWith("```", StringComparison.Ordinal)) inside = !inside;
            else if (inside || line.StartsWith("    ", StringComparison.Ordinal)) yield return line.Trim();
    }

    [GeneratedRegex(@"(?:<!-- not run: (?<why>.+) -->\n)?^```(?<language>bash|js)\n(?<code>.*?)^```",
        RegexOptions.Singleline | RegexOptions.Multiline)]
    private static partial Regex Fence();

    [GeneratedRegex(@"\]\(([^)\s]+)\)")]
    private static partial Regex Link();

    [GeneratedRegex(@"[^\w\- ]")]
    private static partial Regex NoAnchor();

    [GeneratedRegex(@"(?<!`)`(\./rushes [^`\n]+)`(?!`)")]
    private static partial Regex Inline();

    [GeneratedRegex(@"^(?:[A-Z_]+=\S+ )*(?:\./)?rushes (.+)$")]
    private static partial Regex Command();

    [GeneratedRegex("""(?:[^\s"';]|"[^"]*"|'[^']*')+|;""")]
    private static partial Regex Word();

    [GeneratedRegex("""
        "([^"]*)"|'([^']*)'
        """)]
    private static partial Regex Quote();
}
