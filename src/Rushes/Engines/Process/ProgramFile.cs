using System.Text.Json;

namespace Rushes.Engines.Process;

/// <summary>An engine file is invalid; the message has the file, the line and what to do.</summary>
public sealed class EngineFileException(string message) : Exception(message);

/// <summary>A validated engine file: local programs, and the GPUs they may use.</summary>
/// <param name="Gpus">Values of CUDA_VISIBLE_DEVICES, for one program at a time each; empty: no GPU is set and programs are
/// not limited.</param>
internal sealed record ProgramFile(string Path, IReadOnlyList<string> Gpus, IReadOnlyList<ProgramRecipe> Programs);

/// <summary>How a program is run for some families of models.</summary>
internal sealed record ProgramRecipe
{
    public required string Name { get; init; }

    public required IReadOnlyList<string> Families { get; init; }

    /// <summary>An absolute path, or a name in PATH; it need not be installed yet.</summary>
    public required string Program { get; init; }

    /// <summary>Its working folder; null for the job's own.</summary>
    public required string? Folder { get; init; }

    public required IReadOnlyDictionary<string, string> Environment { get; init; }

    /// <summary>Variables from the gateway's own environment.</summary>
    public required IReadOnlyList<string> PassEnvironment { get; init; }

    /// <summary>An absolute path; null for one that is emptied when the gateway starts.</summary>
    public required string? Home { get; init; }

    public required IReadOnlyList<Argument> Arguments { get; init; }

    /// <summary>Files that it reads besides its arguments.</summary>
    public required IReadOnlyList<WrittenFile> Writes { get; init; }

    public required RenderRules Drawing { get; init; }

    /// <summary>The file to write, in the job's folder.</summary>
    public required string Output { get; init; }

    /// <summary>Where to look for the file, in the job's folder; the last part may contain <c>*</c>.</summary>
    public required string Find { get; init; }

    public required IReadOnlyList<Stage> Stages { get; init; }

    public required IReadOnlyList<Fault> Faults { get; init; }

    public required RunLimits Limits { get; init; }

    /// <summary>For a resident server: the fields of every request to it.</summary>
    public required WrittenFile? Request { get; init; }

    /// <summary>Request fields that the program accepts but that do not affect this model's videos.</summary>
    public required IReadOnlyList<string> WithoutEffect { get; init; }

    /// <summary>Arguments of a run that checks whether the program starts; empty: no check.</summary>
    public required IReadOnlyList<string> Check { get; init; }

    /// <summary>Arguments that are used only if the program's help contains their flag.</summary>
    public required IReadOnlyList<Argument> IfSupported { get; init; }

    /// <summary>Paths in its arguments and settings that must exist before a job is taken.</summary>
    public required IReadOnlyList<string> Needs { get; init; }

    /// <param name="sent">Placeholders whose values the program gets besides those of its arguments.</param>
    /// <param name="help">The output of its check.</param>
    public FieldEffect EffectOf(string field, IReadOnlyCollection<string> sent, string help)
    {
        var places = ArgumentsFor(help).SelectMany(argument => argument.Names)
            .Concat(Writes.SelectMany(written => written.Names))
            .Concat(Request?.Names ?? [])
            .Concat(sent)
            .Select(place => place.Split('=')[0])
            .ToHashSet();
        return Drawing.EffectOf(field, places, WithoutEffect);
    }

    /// <summary>All arguments for a build of the program.</summary>
    /// <param name="help">The output of its check.</param>
    public IReadOnlyList<Argument> ArgumentsFor(string help) =>
        [.. Arguments, .. IfSupported.Where(argument => help.Contains(argument.Flag, StringComparison.Ordinal))];
}

/// <summary>An engine file as JSON.</summary>
internal sealed record ProgramFileEntry
{
    /// <summary>For the operator; not used.</summary>
    public string? Note { get; init; }

    public bool Enabled { get; init; } = true;

    public Dictionary<string, string> Variables { get; init; } = [];

    public List<string> Gpus { get; init; } = ["0"];

    public required Dictionary<string, ProgramEntry> Programs { get; init; }
}

internal sealed record ProgramEntry
{
    public required List<string> Serves { get; init; }

    public required string Program { get; init; }

    public string? Folder { get; init; }

    public Dictionary<string, string> Environment { get; init; } = [];

    public List<string> PassEnvironment { get; init; } = [];

    public string? Home { get; init; }

    /// <summary>Strings, and lists of strings that are left out together.</summary>
    public required List<JsonElement> Arguments { get; init; }

    /// <summary>JSON by the name of a file in the job's folder.</summary>
    public Dictionary<string, JsonElement> Writes { get; init; } = [];

    public RenderRules Drawing { get; init; } = new();

    public string Output { get; init; } = "output.mp4";

    public string? Find { get; init; }

    public List<StageEntry> Stages { get; init; } = [];

    public List<FaultEntry> Faults { get; init; } = [];

    public LimitsEntry Limits { get; init; } = new();

    public JsonElement? Request { get; init; }

    public List<string> WithoutEffect { get; init; } = [];

    public List<string> Check { get; init; } = [];

    /// <summary>Like <see cref="Arguments"/>; used depending on the output of the check.</summary>
    public List<JsonElement> IfSupported { get; init; } = [];

    /// <summary>In addition to the absolute paths among the arguments.</summary>
    public List<string> Needs { get; init; } = [];
}

internal sealed record StageEntry
{
    public required string Name { get; init; }

    public int? Tasks { get; init; }

    /// <summary>Null: one for each clip.</summary>
    public int? Bars { get; init; } = 1;

    public string? Progress { get; init; }

    public string? Ends { get; init; }
}

internal sealed record FaultEntry
{
    public required string Line { get; init; }

    public required string Message { get; init; }

    public string Code { get; init; } = "engine_failed";

    /// <summary>A fault of the job ends it; a fault of the engine retries it, on another engine first.</summary>
    public Blame Blame { get; init; } = Blame.Engine;
}

/// <summary>Seconds.</summary>
internal sealed record LimitsEntry
{
    public double Start { get; init; } = 900;

    public double Idle { get; init; } = 900;

    public double Total { get; init; } = 7200;
}
