using System.Text;
using System.Text.RegularExpressions;

namespace Rushes.Server.Console;

/// <summary>
/// Makes one script of a script and all it imports: over HTTP/1.1 a file more costs a browser more time than its bytes. Each
/// becomes a function with names of its own, after those it needs, that returns what it exports. Known are the forms that the
/// console and its libraries use; what is imported by a call stays a file.
/// </summary>
/// <param name="read">A script by its path.</param>
internal sealed partial class ScriptLinker(Func<string, string> read)
{
    private readonly StringBuilder linked = new("const scripts = {};\n");
    private readonly HashSet<string> begun = [];
    private readonly HashSet<string> done = [];

    /// <summary>The script, and the paths of all that are in it.</summary>
    public static (string Text, IReadOnlySet<string> Parts) Link(string entry, Func<string, string> read)
    {
        var linker = new ScriptLinker(read);
        linker.Add(entry);
        return (linker.linked.ToString(), linker.done);
    }

    private void Add(string path)
    {
        if (!begun.Add(path)) throw new InvalidOperationException($"{path} imports itself, by way of others.");
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
        linked.Append("scripts['").Append(path).Append("'] = (() => {\n").Append(text.Trim()).Append("\nreturn { ").AppendJoin(", ", exports).Append(" };\n})();\n");
        done.Add(path);
    }

    /// <summary>What another script exports, which stands before this one.</summary>
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

    [GeneratedRegex("""^import\s*(?:(?<whole>\w+)|\{(?<list>[^}]*)\})\s*from\s*['"](?<from>\.[^'"]+)['"];?""", RegexOptions.Multiline)]
    private static partial Regex Import();

    [GeneratedRegex("""\bexport\s*\{(?<list>[^}]*)\}(?:\s*from\s*['"](?<from>\.[^'"]+)['"])?;?""")]
    private static partial Regex Export();

    [GeneratedRegex("""^export (?<declaration>(?:async )?(?:const|function|class) (?<name>\w+))""", RegexOptions.Multiline)]
    private static partial Regex Declared();

    [GeneratedRegex(@"\bexport default ")]
    private static partial Regex Default();
}
