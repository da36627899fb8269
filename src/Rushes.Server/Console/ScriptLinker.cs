using System.Text;
using System.Text.RegularExpressions;

namespace Rushes.Server.Console;

/// <summary>
/// Bundles a script with all its imports into one file, because over HTTP/1.1 each additional file is slow. Each module becomes
/// a function that returns its exports, placed after its dependencies. It supports the import forms that the console and its
/// libraries use; dynamic imports remain separate files.
/// </summary>
/// <param name="read">Reads a script by its path.</param>
internal sealed partial class ScriptLinker(Func<string, string> read)
{
    private readonly StringBuilder linked = new("const scripts = {};\n");
    private readonly HashSet<string> begun = [];
    private readonly HashSet<string> done = [];

    /// <summary>The bundle, and the paths of all its modules.</summary>
    public static (string Text, IReadOnlySet<string> Parts) Link(string entry, Func<string, string> read)
    {
        var linker = new ScriptLinker(read);
        linker.Add(entry);
        return (linker.linked.ToString(), linker.done);
    }

    private void Add(string path)
    {
        if (!begun.Add(path)) throw new InvalidOperationException($"{path} imports itself indirectly.");
        var exports = new List<string>();
        var text = Import().Replace(read(path), import =>
        {
            var names = import.Groups["whole"] is { Success: true } whole ? [("default", whole.Value)] : NamesIn(import);
            return $"const {{ {string.Join(", ", names.Select(each => $"{each.Name}: {each.As}"))} }} = {Needed(path, import)};";
        });
        text = Export().Replace(text, export =>
        {
            var from = export.Groups["from"].Success ? Needed(path, export) + "." : "";
            exports.AddRange(NamesIn(export).Select(each => $"{each.As}: {from}{each.Name}"));
            return "";
        });
        text = Declared().Replace(text, declared =>
        {
            exports.Add(declared.Groups["name"].Value);
            return declared.Groups["declaration"].Value;
        });
        text = Default().Replace(text, _ =>
        {
            exports.Add("default: whole");
            return "const whole = ";
        });
        linked.Append("scripts['")
            .Append(path)
            .Append("'] = (() => {\n")
            .Append(text.Trim())
            .Append("\nreturn { ")
            .AppendJoin(", ", exports)
            .Append(" };\n})();\n");
        done.Add(path);
    }

    /// <summary>The exports of another module, which comes before this one.</summary>
    private string Needed(string path, Match match)
    {
        var needed = new Uri(new Uri($"http://console/{path}"), match.Groups["from"].Value).AbsolutePath[1..];
        if (!done.Contains(needed)) Add(needed);
        return $"scripts['{needed}']";
    }

    private static IEnumerable<(string Name, string As)> NamesIn(Match match) =>
        from each in match.Groups["list"].Value.Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries)
        let names = each.Split(" as ")
        select (names[0], names[^1]);

    [GeneratedRegex("""^import\s*(?:(?<whole>\w+)|\{(?<list>[^}]*)\})\s*from\s*['"](?<from>\.[^'"]+)['"];?""",
        RegexOptions.Multiline)]
    private static partial Regex Import();

    [GeneratedRegex("""\bexport\s*\{(?<list>[^}]*)\}(?:\s*from\s*['"](?<from>\.[^'"]+)['"])?;?""")]
    private static partial Regex Export();

    [GeneratedRegex("""^export (?<declaration>(?:async )?(?:const|function|class) (?<name>\w+))""", RegexOptions.Multiline)]
    private static partial Regex Declared();

    [GeneratedRegex(@"\bexport default ")]
    private static partial Regex Default();
}
