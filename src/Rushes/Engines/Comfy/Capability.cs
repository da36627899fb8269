using System.Text.Json;
using System.Text.Json.Nodes;
using Rushes.Catalog;

namespace Rushes.Engines.Comfy;

/// <summary>Finds what a server lacks for a workflow: texts that name the node, or the file and its folder.</summary>
internal sealed class Capability(ComfyClient client)
{
    private static readonly string[] ModelFiles = [".safetensors", ".sft", ".pth", ".pt", ".ckpt", ".bin", ".gguf", ".onnx"];

    /// <summary>Folders in ComfyUI's <c>models</c> that the inputs of loaders list.</summary>
    private static readonly Dictionary<string, string> Folders = new()
    {
        ["UNETLoader.unet_name"] = "diffusion_models",
        ["CLIPLoader.clip_name"] = "text_encoders",
        ["VAELoader.vae_name"] = "vae",
        ["LoraLoaderModelOnly.lora_name"] = "loras",
        ["LoraLoader.lora_name"] = "loras",
        ["CheckpointLoaderSimple.ckpt_name"] = "checkpoints",
        ["LTXVAudioVAELoader.ckpt_name"] = "checkpoints",
        ["LTXAVTextEncoderLoader.ckpt_name"] = "checkpoints",
        ["LTXAVTextEncoderLoader.text_encoder"] = "text_encoders",
        ["DualCLIPLoader.clip_name1"] = "text_encoders",
        ["DualCLIPLoader.clip_name2"] = "text_encoders",
        ["SeedVR2LoadDiTModel.model"] = "SEEDVR2",
        ["SeedVR2LoadVAEModel.model"] = "SEEDVR2",
        ["CLIPVisionLoader.clip_name"] = "clip_vision",
        ["ModelPatchLoader.name"] = "model_patches",
        ["AudioEncoderLoader.audio_encoder_name"] = "audio_encoders",
        ["UpscaleModelLoader.model_name"] = "upscale_models",
        ["FrameInterpolationModelLoader.model_name"] = "frame_interpolation",
        ["HunyuanModelLoader.model_name"] = "foley",
        ["HunyuanDependenciesLoader.vae_name"] = "foley",
        ["HunyuanDependenciesLoader.synchformer_name"] = "foley",
    };

    /// <summary>Names that the server spells differently from a workflow.</summary>
    public Spellings Spellings { get; } = new();

    private readonly Dictionary<string, JsonElement?> nodes = [];
    private readonly Dictionary<string, IReadOnlyList<string>> folders = [];

    public async Task<IReadOnlyList<string>> LacksAsync(Workflow workflow, CancellationToken cancel)
    {
        var (lacks, missing) = (new List<string>(), new HashSet<string>());
        var graph = workflow.Graph.Concat(workflow.Repeat?.Nodes ?? []).ToDictionary(node => node.Key, node => node.Value!);
        foreach (var type in graph.Values.Select(TypeOf).Distinct())
        {
            if (!nodes.TryGetValue(type, out var described)) nodes[type] = described = await client.NodeAsync(type, cancel);
            if (described is null) missing.Add(type);
        }
        foreach (var (id, node) in graph)
        {
            var type = TypeOf(node);
            if (missing.Contains(type)) continue;
            var installed = nodes[type]!.Value;
            var filled = workflow.Fills.Where(fill => fill.Node == id).Select(fill => fill.Input).ToHashSet();
            foreach (var (input, value) in node["inputs"]!.AsObject())
                if (value?.GetValueKind() == JsonValueKind.String && !filled.Contains(input)
                    && await LackAsync(installed, type, input, value.GetValue<string>(), cancel) is { } lack)
                    lacks.Add(workflow.Files.TryGetValue(value.GetValue<string>(), out var file)
                        ? $"{lack}: {file.Size}, {file.Licence}, from {file.Source}"
                        : lack);
            lacks.AddRange(Reply.Read(() => NodeInputs.Mistakes(installed, node["inputs"]!.AsObject(), filled))
                .Select(mistake => $"workflow {workflow.Name}: node \"{id}\" ({type}) {mistake}"));
        }
        foreach (var (id, input, from, output) in WorkflowLinks.Of(graph))
            if (graph.TryGetValue(from, out var source) && nodes[TypeOf(source)] is { } installed
                && Reply.Read(() => NodeInputs.Outputs(installed)) is { } outputs && output >= outputs)
                lacks.Add(
                    $"workflow {workflow.Name}: {input} of node \"{id}\" is linked to output {output} of \"{from}\", "
                        + $"which has {outputs} outputs, from 0");
        return [.. NodePacks.Describe(missing), .. lacks.Distinct()];
    }

    /// <summary>The files of LoRAs that the server does not have.</summary>
    public async Task<IReadOnlyList<string>> LoraLacksAsync(IEnumerable<Lora> loras, CancellationToken cancel)
    {
        var lacks = new List<string>();
        foreach (var lora in loras)
            foreach (var file in lora.FileNames)
            {
                if (!nodes.TryGetValue(LoraNodes.Class, out var node))
                    nodes[LoraNodes.Class] = node = await client.NodeAsync(LoraNodes.Class, cancel);
                if (node is { } installed
                    && await LackAsync(installed, LoraNodes.Class, LoraNodes.FileInput, file, cancel) is { } lack)
                    lacks.Add($"{lack}; jobs with the LoRA {lora.Name} fail there");
            }
        return [.. lacks.Distinct()];
    }

    private static string TypeOf(JsonNode node) => node["class_type"]!.GetValue<string>();

    /// <summary>
    /// Checked against the node's own list of choices, as the server does; without one, against the folder of models.
    /// </summary>
    private async Task<string?> LackAsync(JsonElement node, string type, string input, string value, CancellationToken cancel)
    {
        var isFile = ModelFiles.Contains(Path.GetExtension(value).ToLowerInvariant());
        var folder = Folders.GetValueOrDefault($"{type}.{input}");
        if (Reply.Read(() => Choices(node, input)) is { } choices)
            return Spellings.Find(type, input, value, choices)
                ? null
                : isFile
                ? Missing(folder, value, type)
                : $"node {type} knows no {input} \"{value}\"";
        if (!isFile || folder is null) return null;
        if (!folders.TryGetValue(folder, out var files)) folders[folder] = files = await client.ModelsAsync(folder, cancel);
        return Spellings.Find(type, input, value, files) ? null : Missing(folder, value, type);
    }

    private static string Missing(string? folder, string file, string type) =>
        $"model file {(folder is null ? file : $"models/{folder}/{file}")} is missing (node {type})";

    /// <summary><c>[["a", "b"], …]</c> in older servers, or <c>["COMBO", {"options": ["a", "b"]}]</c>.</summary>
    private static HashSet<string>? Choices(JsonElement node, string input)
    {
        if (!node.TryGetProperty("input", out var groups)) return null;
        foreach (var group in groups.EnumerateObject())
        {
            if (group.Value.ValueKind != JsonValueKind.Object || !group.Value.TryGetProperty(input, out var spec)) continue;
            if (spec.ValueKind != JsonValueKind.Array || spec.GetArrayLength() == 0) return null;
            var options = spec[0].ValueKind == JsonValueKind.Array ? spec[0]
                : spec.GetArrayLength() > 1
                    && spec[1].ValueKind == JsonValueKind.Object
                    && spec[1].TryGetProperty("options", out var listed)
                    ? listed
                    : default;
            // Choices with inputs of their own are objects; the server checks those.
            return options.ValueKind == JsonValueKind.Array
                && options.EnumerateArray().All(option => option.ValueKind == JsonValueKind.String)
                ? [.. options.EnumerateArray().Select(option => option.GetString()!)]
                : null;
        }
        return null;
    }
}
