using System.Text;
using System.Text.RegularExpressions;

namespace Rushes.Server.Console;

/// <summary>
/// Bundles a script with all its imports into one file, because over HTTP/1.1 each additional file is slow. Each module becomes
/// a function that returns its exports, placed after its dependencies. It supports the import forms that the console and its
/// libraries use. A module that is imported dynamically becomes a second file, which takes what the first one has from there;
/// dynamic imports of libraries remain as they are.
/// </summary>
/// <remarks>
/// The first file begins with a hint for V8 to compile all functions while the file arrives, beside the page's thread. Most of
/// them are called at once, and one by one they would be compiled on it, before the first paint.
/// </remarks>
/// <param name="read">Reads a script by its path.</param>
internal sealed partial class ScriptLinker(Func<string, string> read)
{
    private readonly StringBuilder linked = new("//# allFunctionsCalledOnLoad\nconst scripts = {};\n");
    private readonly HashSet<string> begun = [];
    private readonly HashSet<string> done = [];

    /// <summary>The bundle, and the paths of all its modules.</summary>
    public static (string Text, IReadOnlySet<string> Parts) Link(string entry, Func<string, string> read)
    {
        var linker = new ScriptLinker(read);
        linker.Add(entry);
        return (linker.linked.ToString(), linker.done);
    }

    /// <summary>The bundle, and one for each module that it imports dynamically, by name; and the paths of all modules.</summary>
    public static (IReadOnlyDictionary<string, string> Bundles, IReadOnlySet<string> Parts) LinkAll(
        string entry, Func<string, string> read)
    {
        var (text, parts) = Link(entry, read);
        var bundles = new Dictionary<string, string>();
        var all = parts.ToHashSet();
        var waiting = new Queue<string>(NamesOfLater(text));
        while (waiting.TryDequeue(out var later))
        {
            if (bundles.ContainsKey(later)) continue;
            var linker = new ScriptLinker(read);
            linker.done.UnionWith(parts);
            linker.linked.Clear().Append("import { scripts } from './").Append(entry).Append("';\n");
            var names = linker.Add(later);
            bundles[later] = linker.linked.Append("const { ").AppendJoin(", ", names).Append(" } = scripts['").Append(later)
                .Append("'];\nexport { ").AppendJoin(", ", names).Append(" };\n").ToString();
            all.UnionWith(linker.done);
            foreach (var next in NamesOfLater(bundles[later])) waiting.Enqueue(next);
        }
        bundles[entry] = text + "export { scripts };\n";
        return (bundles, all);
    }

    /// <returns>The names that the module declares and exports.</returns>
    private List<string> Add(string path)
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
        return exports;
    }

    /// <summary>The exports of another module, which comes before this one.</summary>
    private string Needed(string path, Match match)
    {
        var needed = new Uri(new Uri($"http://console/{path}"), match.Groups["from"].Value).AbsolutePath[1..];
        if (!done.Contains(needed)) Add(needed);
        return $"scripts['{needed}']";
    }

    private static IEnumerable<string> NamesOfLater(string text) =>
        Later().Matches(text).Select(import => import.Groups["name"].Value);

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

    /// <summary>A dynamic import of a module of the console.</summary>
    [GeneratedRegex(@"\bimport\('\./(?<name>[\w-]+\.js)'\)")]
    private static partial Regex Later();

    [GeneratedRegex(@"\bexport default ")]
    private static partial Regex Default();
}
