using System.Text.Json;
using System.Text.RegularExpressions;

namespace Rushes.Engines.Process;

/// <summary>Reads and validates an engine file.</summary>
internal sealed class ProgramFileReader
{
    private static readonly HashSet<string> Places =
        ["prompt", "negative_prompt", "seed", "width", "height", "frames", "fps", "seconds", "steps", "clips", "size", "area",
            "output", "job", "gpu", "port"];

    private static readonly string[] Prefixes = ["file:", "input:", "number:"];

    private readonly EngineFile<ProgramFileEntry> source;
    private readonly ProgramFileEntry file;

    private ProgramFileReader(EngineFile<ProgramFileEntry> source) => (this.source, file) = (source, source.Entry);

    /// <param name="name">A path, or the name of a built-in file such as <c>wan22</c>.</param>
    /// <param name="families">Of the catalog.</param>
    /// <exception cref="EngineFileException">File, line and reason.</exception>
    public static ProgramFile Read(string name, IReadOnlySet<string> families) =>
        new ProgramFileReader(EngineFile<ProgramFileEntry>.Read(name, EngineFiles.Programs)).Check(families);

    private ProgramFile Check(IReadOnlySet<string> families)
    {
        if (!file.Enabled)
            throw Error($"it is switched off; read its note, then set \"enabled\" to true. {file.Note}".TrimEnd(), "enabled");
        if (file.Programs.Count == 0) throw Error("there is none", "programs");
        var served = new HashSet<string>();
        foreach (var (name, entry) in file.Programs)
        {
            if (entry.Serves.Count == 0) throw Error("it must name families of the catalog", "programs", name, "serves");
            foreach (var family in entry.Serves)
            {
                if (!families.Contains(family))
                    throw Error(
                        $"the catalog has no family \"{family}\"; it has {string.Join(", ", families)}", "programs", name,
                        "serves");
                if (!served.Add(family))
                    throw Error($"\"{family}\" is served by another program already", "programs", name, "serves");
            }
        }
        return new ProgramFile(source.Path, file.Gpus, [.. file.Programs.Select(pair => Recipe(pair.Key, pair.Value))]);
    }

    private ProgramRecipe Recipe(string name, ProgramEntry entry)
    {
        var folder = entry.Folder is null ? null : Set(entry.Folder);
        return new ProgramRecipe
        {
            Name = name,
            Families = entry.Serves,
            Program = Set(entry.Program) is var program && Rushes.Folder.IsName(program) ? program : Path.GetFullPath(program),
            Folder = folder is null ? null : Path.GetFullPath(folder),
            Environment = entry.Environment.ToDictionary(pair => pair.Key, pair => Known(Set(pair.Value), name, "environment")),
            PassEnvironment = [.. entry.PassEnvironment.Select(variable => Passed(variable, name))],
            Home = entry.Home is null ? null : Path.GetFullPath(Set(entry.Home)),
            Arguments = [.. entry.Arguments.Select(argument => Arguments(argument, name))],
            Writes = [.. entry.Writes.Select(pair => Written(pair.Key, pair.Value, name))],
            Drawing = Drawing(entry.Drawing, name),
            Output = Below(entry.Output, name, "output"),
            Find = Below(entry.Find ?? entry.Output, name, "find"),
            Stages = [.. entry.Stages.Select(stage => StageOf(stage, name))],
            Faults = [.. entry.Faults.Select(
                fault => new Fault(Pattern(fault.Line, name, "faults"), fault.Message, fault.Blame, fault.Code))],
            Limits = new RunLimits
            {
                Start = Seconds(entry.Limits.Start, name), Idle = Seconds(entry.Limits.Idle, name),
                Total = Seconds(entry.Limits.Total, name),
            },
            Request = entry.Request is { } request ? Written("request", request, name) : null,
            WithoutEffect = [.. entry.WithoutEffect],
            IfSupported = entry.IfSupported.Count == 0
                || entry.Check.Count > 0 ? [.. entry.IfSupported.Select(argument => Arguments(argument, name))]
                : throw Error(
                    "it needs \"check\", whose output names the flags that the program has", "programs", name, "ifSupported"),
            Check = [.. entry.Check.Select(Set)],
            Needs = [.. NeedsOf(entry, folder)],
        };
    }

    /// <summary>Absolute paths must exist, and so must a script in the program's folder.</summary>
    private IEnumerable<string> NeedsOf(ProgramEntry entry, string? folder)
    {
        var texts = entry.Arguments.SelectMany(
            argument => argument.ValueKind == JsonValueKind.Array ? argument.EnumerateArray().ToList() : [argument])
            .Select(text => Set(text.GetString()!)).Where(text => !Template.NamesIn(text).Any());
        foreach (var text in texts)
        {
            // A flag and its value may be one argument.
            var value = text.StartsWith('-') ? text[(text.IndexOf('=', StringComparison.Ordinal) + 1)..] : text;
            if (Path.IsPathRooted(value)) yield return value;
            else if (folder is not null && value.EndsWith(".py", StringComparison.Ordinal))
                yield return Path.GetFullPath(value, Path.GetFullPath(folder));
        }
        foreach (var need in entry.Needs)
            yield return Path.GetFullPath(Set(need), folder is null ? "/" : Path.GetFullPath(folder));
    }

    /// <summary>Fills in the file's own variables; the rest is filled in for each job.</summary>
    private string Set(string value) => Template.Fill(value, place => file.Variables.GetValueOrDefault(place));

    private string Known(string value, string name, string field)
    {
        foreach (var place in Template.NamesIn(value))
            if (!Places.Contains(place) && !Prefixes.Any(prefix => place.StartsWith(prefix, StringComparison.Ordinal)))
                throw Error(
                    $"{{{place}}} is neither a variable of the file nor one of {string.Join(", ", Places)}, file:FIELD, "
                        + "input:FIELD, number:FIELD",
                    "programs", name, field);
        return value;
    }

    /// <summary>The gateway's own settings contain its keys and passwords.</summary>
    private string Passed(string variable, string name) => variable.StartsWith("RUSHES_", StringComparison.OrdinalIgnoreCase)
        ? throw Error($"{variable} is a setting of the gateway and is not passed on", "programs", name, "passEnvironment")
        : variable;

    private Argument Arguments(JsonElement argument, string name)
    {
        var group = argument.ValueKind == JsonValueKind.Array;
        var parts = group ? argument.EnumerateArray().ToList() : [argument];
        if (parts.Exists(part => part.ValueKind != JsonValueKind.String))
            throw Error("each must be a string or a list of strings", "programs", name, "arguments");
        return new Argument([.. parts.Select(part => Known(Set(part.GetString()!), name, "arguments"))], group);
    }

    private WrittenFile Written(string file, JsonElement content, string name)
    {
        var written = new WrittenFile(Below(file, name, "writes"), JsonSerializer.SerializeToNode(content)).Filled(
            place => this.file.Variables.GetValueOrDefault(place));
        foreach (var place in written.Names) Known($"{{{place}}}", name, "writes");
        return written;
    }

    private RenderRules Drawing(RenderRules rules, string name)
    {
        if (rules.Problem() is var (reason, field)) throw Error(reason, ["programs", name, "drawing", .. field]);
        foreach (var pattern in rules.Strip) Pattern(pattern, name, "drawing", "strip");
        return rules;
    }

    private Stage StageOf(StageEntry stage, string name)
    {
        if (stage.Progress is null && stage.Ends is null)
            throw Error($"\"{stage.Name}\" needs \"progress\" or \"ends\"", "programs", name, "stages");
        if (stage.Bars < 1 || stage.Tasks < 1)
            throw Error($"\"{stage.Name}\": tasks and bars are 1 or more", "programs", name, "stages");
        var progress = stage.Progress is null ? null : Pattern(stage.Progress, name, "stages");
        if (progress is not null && !progress.GetGroupNames().Intersect(["done", "total"]).Skip(1).Any())
            throw Error($"\"{stage.Name}\": progress needs the groups (?<done>…) and (?<total>…)", "programs", name, "stages");
        return new Stage(
            stage.Name, stage.Tasks, stage.Bars, progress, stage.Ends is null ? null : Pattern(stage.Ends, name, "stages"));
    }

    /// <summary>Without backtracking, so that no output can make a pattern slow.</summary>
    private Regex Pattern(string pattern, string name, params ReadOnlySpan<string> field)
    {
        try
        {
            return new Regex(pattern, RegexOptions.NonBacktracking);
        }
        catch (Exception error) when (error is ArgumentException or NotSupportedException)
        {
            throw Error($"\"{pattern}\" is not a pattern: {error.Message}", ["programs", name, .. field]);
        }
    }

    private string Below(string value, string name, string field) =>
        value.Length > 0 && !Path.IsPathRooted(value) && !value.Split('/').Contains("..")
            ? value
            : throw Error($"\"{value}\" must be a path below the job's folder", "programs", name, field);

    private TimeSpan Seconds(double seconds, string name) =>
        seconds is >= 1 and <= 604800
            ? TimeSpan.FromSeconds(seconds)
            : throw Error($"{seconds} is not in 1 to 604800 seconds", "programs", name, "limits");

    private EngineFileException Error(string reason, params ReadOnlySpan<string> field) => source.Error(reason, field);
}
