namespace Rushes.Engines.Comfy;

/// <summary>The node packs that workflows often use, with their nodes.</summary>
internal static class NodePacks
{
    private static readonly Dictionary<string, string[]> Packs = new()
    {
        ["ComfyUI-HunyuanVideo-Foley"] = ["HunyuanModelLoader", "HunyuanDependenciesLoader", "HunyuanFoleySampler"],
        ["ComfyUI-SeedVR2_VideoUpscaler"] = ["SeedVR2LoadDiTModel", "SeedVR2LoadVAEModel", "SeedVR2VideoUpscaler"],
        ["comfyui_controlnet_aux"] = ["DWPreprocessor"],
        ["ComfyUI-VideoHelperSuite"] = ["VHS_VideoCombine", "VHS_LoadVideo", "VHS_LoadAudio"],
        ["ComfyUI-Frame-Interpolation"] = ["RIFE VFI", "FILM VFI"],
    };

    /// <summary>One text for the missing nodes of each pack, and one for the others.</summary>
    public static IEnumerable<string> Describe(IEnumerable<string> missing) => missing
        .Order(StringComparer.Ordinal)
        .GroupBy(node => Packs.FirstOrDefault(pack => pack.Value.Contains(node)).Key)
        .Select(pack => pack.Key is null
            ? $"{Nodes([.. pack])} not installed"
            : $"the node pack {pack.Key} is not installed ({string.Join(", ", pack)})");

    private static string Nodes(IReadOnlyList<string> nodes) =>
        nodes.Count == 1 ? $"node {nodes[0]} is" : $"nodes {string.Join(", ", nodes)} are";
}
