namespace Rushes.Server.Settings;

/// <summary>What the setting <c>Engine</c> says.</summary>
/// <param name="ComfyServers">None: the draft engine.</param>
public sealed record EngineChoice(IReadOnlyList<Uri> ComfyServers)
{
    private const string Comfy = "comfyui=";

    /// <exception cref="SettingsException">It says nothing that is known here.</exception>
    public static EngineChoice Parse(string text)
    {
        if (text == "draft") return new EngineChoice([]);
        if (!text.StartsWith(Comfy, StringComparison.Ordinal))
            throw new SettingsException($"Engine: \"{text}\" is not known; it may be draft, or comfyui=http://127.0.0.1:8188");
        var servers = text[Comfy.Length..].Split(',', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries);
        if (servers.Length == 0) throw new SettingsException("Engine: comfyui= needs the address of a server, such as comfyui=http://127.0.0.1:8188");
        return new EngineChoice([.. servers.Select(Server)]);
    }

    private static Uri Server(string address) =>
        Uri.TryCreate(address, UriKind.Absolute, out var url) && (url.Scheme == Uri.UriSchemeHttp || url.Scheme == Uri.UriSchemeHttps)
            ? url
            : throw new SettingsException($"Engine: \"{address}\" is not an address such as http://127.0.0.1:8188");
}
