using Rushes.Catalog;
using Rushes.Engines;
using Rushes.Engines.Comfy;
using Rushes.Engines.Draft;
using Rushes.Engines.Process;
using Rushes.Engines.SdServer;
using Rushes.Server.Settings;

namespace Rushes.Server;

/// <summary>The setting <c>Engine</c>: a word, and after '=' what that engine needs to know.</summary>
public static class EngineChoice
{
    /// <summary>The engines that slots take turns over.</summary>
    /// <param name="scratch">The program's alone: programs that an earlier run left there are ended.</param>
    /// <exception cref="SettingsException">There is no such engine, or it cannot be used.</exception>
    public static IReadOnlyList<IEngine> Make(GatewayOptions options, ModelCatalog catalog, string scratch, TimeProvider clock, ILoggerFactory logs)
    {
        var cut = options.Engine.IndexOf('=', StringComparison.Ordinal);
        var (word, value) = cut < 0 ? (options.Engine, "") : (options.Engine[..cut], options.Engine[(cut + 1)..]);
        var families = catalog.Models.Select(model => model.Family.Name).Distinct();
        try
        {
            return word switch
            {
                "draft" => [new DraftEngine()],
                "comfyui" => Comfy(Words(value), options, catalog, clock, logs),
                "process" => [ProcessEngine.Load(Words(value), families, scratch, clock, logs.CreateLogger<ProcessEngine>())],
                "sd-server" => [SdServerEngine.Start(Words(value)[0], families, scratch, clock, logs.CreateLogger<SdServerEngine>())],
                _ => throw new SettingsException($"Engine: \"{word}\" is none of draft, comfyui=URL, process=FILE, sd-server=FILE"),
            };
        }
        catch (Exception error) when (error is EngineFileException or WorkflowException)
        {
            throw new SettingsException($"Engine: {error.Message}");
        }
    }

    private static IReadOnlyList<IEngine> Comfy(string[] servers, GatewayOptions options, ModelCatalog catalog, TimeProvider clock, ILoggerFactory logs)
    {
        var workflows = WorkflowReader.Read(options.ComfyWorkflows);
        var stall = TimeSpan.FromMinutes(options.ComfyStallMinutes);
        return [.. servers.Select(server => new ComfyEngine(
            new ComfyOptions { Server = Address(server), Stall = stall }, workflows, catalog, clock, logs.CreateLogger<ComfyEngine>()))];
    }

    private static Uri Address(string text) =>
        Uri.TryCreate(text, UriKind.Absolute, out var url) && (url.Scheme == Uri.UriSchemeHttp || url.Scheme == Uri.UriSchemeHttps)
            ? url
            : throw new SettingsException($"Engine: \"{text}\" is not an address such as http://127.0.0.1:8188");

    private static string[] Words(string value) =>
        value.Split(',', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries) is { Length: > 0 } words
            ? words
            : throw new SettingsException("Engine: what comes after '=' is missing, such as comfyui=http://127.0.0.1:8188 or process=FILE");
}
