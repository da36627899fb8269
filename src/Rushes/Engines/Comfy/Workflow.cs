using System.Text.Json.Nodes;
using Rushes.Catalog;

namespace Rushes.Engines.Comfy;

/// <summary>
/// A graph in ComfyUI's API format, and where a job's values go. Read from a file; the graph is never changed.
/// </summary>
public sealed record Workflow
{
    /// <summary>The file's name without its extension.</summary>
    public required string Name { get; init; }

    /// <summary>Families or models of the catalog.</summary>
    public required IReadOnlyList<string> Serves { get; init; }

    /// <summary>Fields that must be present (true: sent, and not <c>false</c>) or absent.</summary>
    public required IReadOnlyDictionary<string, bool> When { get; init; }

    public required IReadOnlyList<Fill> Fills { get; init; }

    /// <summary>The node whose file is the result.</summary>
    public required string Output { get; init; }

    /// <summary>Nodes by id.</summary>
    public required JsonObject Graph { get; init; }

    public Repeat? Repeat { get; init; }

    /// <summary>On which server it was run, or what it was written from; null: the documentation says it.</summary>
    public string? Tried { get; init; }

    /// <summary>The model files that it needs, by name.</summary>
    public IReadOnlyDictionary<string, ModelFile> Files { get; init; } = new Dictionary<string, ModelFile>();

    /// <summary>Sides are multiples of this, in pixels; null: as the catalog's family says.</summary>
    public int? SideStep { get; init; }

    /// <summary>Lengths are a multiple of this plus one, in frames; null: as the catalog's family says.</summary>
    public int? FrameStep { get; init; }

    /// <summary>Nodes that load the parts of the model: a LoRA of the request is applied to them. Empty: it takes none.</summary>
    public IReadOnlyList<string> LoraAfter { get; init; } = [];

    /// <summary>Nodes that are left out, with the links to them, unless the job has a field; by the field.</summary>
    public IReadOnlyDictionary<string, IReadOnlyList<string>> Optional { get; init; } =
        new Dictionary<string, IReadOnlyList<string>>();

    /// <summary>The fixed frame rate of the model; null: as requested.</summary>
    public double? Rate { get; init; }

    /// <summary>Texts that are added to the prompt if a flag of the request is set, by the flag's field.</summary>
    public IReadOnlyDictionary<string, string> Append { get; init; } = new Dictionary<string, string>();

    /// <param name="has">Whether a job has a field.</param>
    public bool Suits(Func<string, bool> has) => When.All(condition => has(condition.Key) == condition.Value);

    /// <summary>Whether a field of the request changes the graph.</summary>
    public bool Takes(string field) =>
        Append.ContainsKey(field)
            || (LoraAfter.Count > 0 && field is Lora.NameField or Lora.StrengthField)
            || Fills.Any(fill => fill.Value == field || (fill.Value == Filling.HalfSteps && field == EngineFields.Steps));
}

/// <param name="Size">Rounded, such as <c>27 GB</c>.</param>
/// <param name="Source">Where to download it.</param>
public sealed record ModelFile(string Size, string Licence, string Source);

/// <summary>Puts a value of a job into an input of a node.</summary>
/// <param name="Value">A name that <see cref="Filling"/> knows, or a field of the request.</param>
/// <param name="Node">With <c>#</c> in it: of every repetition.</param>
public sealed record Fill(string Value, string Node, string Input, double? Min = null, double? Max = null);

/// <summary>
/// Nodes that are repeated for each further part of a video. In their ids and links <c>#</c> is the number of the part (from
/// 2); <c>@before</c> links to the end of the previous part, and <c>@last</c>, in the graph, to the end of the last one.
/// </summary>
/// <param name="Start">The node that ends the first part, which is in the graph itself.</param>
/// <param name="FramesEach">Frames of a part; <paramref name="FramesLost"/> of all parts together are not shown.</param>
public sealed record Repeat(string Start, string End, int FramesEach, int FramesLost, JsonObject Nodes)
{
    public int Times(int frames) => Math.Max(1, (int)Math.Ceiling((double)(frames + FramesLost) / FramesEach));
}
