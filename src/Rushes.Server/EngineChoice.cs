using Rushes.Catalog;
using Rushes.Engines;
using Rushes.Engines.Draft;
using Rushes.Engines.Process;
using Rushes.Engines.SdServer;
using Rushes.Server.Settings;

namespace Rushes.Server;

/// <summary>The setting <c>Engine</c>: a word, and after '=' what that engine needs to know.</summary>
internal static class EngineChoice
{
    /// <param name="scratch">The gateway's alone: programs that an earlier run left there are ended.</param>
    /// <exception cref="SettingsException">There is no such engine, or it cannot be used.</exception>
    public static IEngine Make(string setting, ModelCatalog catalog, string scratch, TimeProvider clock, ILoggerFactory logs)
    {
        var cut = setting.IndexOf('=', StringComparison.Ordinal);
        var (word, value) = cut < 0 ? (setting, "") : (setting[..cut], setting[(cut + 1)..]);
        var families = catalog.Models.Select(model => model.Family.Name).Distinct();
        try
        {
            return word switch
            {
                "draft" => new DraftEngine(),
                "process" => ProcessEngine.Load(Files(value), families, scratch, clock, logs.CreateLogger<ProcessEngine>()),
                "sd-server" => SdServerEngine.Start(Files(value)[0], families, scratch, clock, logs.CreateLogger<SdServerEngine>()),
                _ => throw new SettingsException($"Engine: \"{word}\" is none of draft, process=FILE, sd-server=FILE"),
            };
        }
        catch (EngineFileException error)
        {
            throw new SettingsException($"Engine: {error.Message}");
        }
    }

    private static string[] Files(string value) =>
        value.Split(',', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries) is { Length: > 0 } files
            ? files : throw new SettingsException("Engine: the name of an engine file is missing after '='");
}
