using Rushes.Catalog;
using Rushes.Draft;
using Rushes.Engines;
using Rushes.Engines.Comfy;
using Rushes.Engines.Process;
using Rushes.Engines.SdServer;
using Rushes.Engines.VideoServer;
using Rushes.Programs;
using Rushes.Server.Settings;

namespace Rushes.Server;

/// <summary>Parses the setting <c>Engine</c>: engines separated by ';', each with a name and after '=' its arguments.</summary>
public static class EngineChoice
{
    /// <summary>The engines that slots take turns over.</summary>
    /// <param name="scratch">The program's alone: programs that an earlier run left there are ended.</param>
    /// <param name="restarts">Where restarts of ComfyUI servers are recorded for later runs; null: nowhere.</param>
    /// <param name="gpus">Those that local programs may use, instead of those that their engine files name.</param>
    /// <exception cref="SettingsException">There is no such engine, or it cannot be used.</exception>
    public static EngineSet Make(
        GatewayOptions options, ModelCatalog catalog, string scratch, TimeProvider clock, ILoggerFactory logs,
        IReadOnlyList<string>? gpus = null, string? restarts = null)
    {
        var families = catalog.Families;
        var choices = options.Engine.Split(';', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries)
            .Select(Choice.Of)
            .ToList();
        if (choices.Count == 0) throw new SettingsException("Engine: none is named");
        var count = choices.Sum(choice => choice.Word == "comfyui" ? choice.Values.Length : 1);
        if (options.Workers > 0 && options.Workers < count)
            throw new SettingsException(
                $"Engine: {count} engines need as many workers, not {options.Workers}; each ComfyUI server is an engine");
        // A third prompt would only wait inside the server, where a restart loses it and no other worker can run it.
        if (choices.Exists(choice => choice.Word == "comfyui") && options.Workers > 2 * count)
            throw new SettingsException(
                "Engine: a ComfyUI server runs one prompt at a time, so at most two workers for each: "
                    + $"{2 * count} for {(count == 1 ? "this engine" : $"these {count} engines")}, not {options.Workers}");
        var made = new IReadOnlyList<IEngine>[choices.Count];
        try
        {
            // Resident servers last: programs left over in the folder are ended before they start in it.
            foreach (var (choice, at) in choices.Select((choice, at) => (choice, at))
                .OrderBy(each => each.choice.Word == "sd-server"))
            {
                // Before any process is started.
                if (choice.Word == "sd-server") CheckWorkers(options, made);
                made[at] = choice.Word switch
                {
                    "draft" when choice.Value.Length > 0 =>
                        throw new SettingsException($"Engine: draft takes no value, not \"{choice.Value}\""),
                    "draft" => [new DraftEngine(clock, logs.CreateLogger<DraftEngine>())],
                    "comfyui" => Comfy(choice.Values, options, catalog, clock, logs, restarts),
                    "process" =>
                    [
                        ProcessEngine.Load(
                            choice.Values, families, scratch, clock, logs.CreateLogger<ProcessEngine>(), gpus: gpus),
                    ],
                    "sd-server" when choice.Values.Length > 1 =>
                        throw new SettingsException(
                            $"Engine: sd-server takes one file, not {choice.Values.Length}; name each as an engine of its own: "
                                + $"{string.Join(';', choice.Values.Select(file => $"sd-server={file}"))}"),
                    "sd-server" => [SdServerEngine.Start(
                        choice.Values[0], families, new Folder(scratch).File($"sd-server-{at + 1}"), clock,
                        logs.CreateLogger<SdServerEngine>(), gpus: gpus)],
                    "videos-api" =>
                    [
                        .. choice.Values.SelectMany(file => VideoServerEngine.Load(
                            file, families, clock, logs.CreateLogger<VideoServerEngine>())),
                    ],
                    _ =>
                        throw new SettingsException(
                            $"Engine: \"{choice.Word}\" is none of draft, comfyui=URL, process=FILE, sd-server=FILE, "
                                + "videos-api=FILE"),
                };
            }
            CheckWorkers(options, made);
        }
        catch (Exception error) when (error is EngineFileException or WorkflowException)
        {
            throw new SettingsException($"Engine: {error.Message}");
        }
        return new EngineSet(made.SelectMany(engines => engines));
    }

    private static void CheckWorkers(GatewayOptions options, IReadOnlyList<IEngine>?[] made)
    {
        var total = made.Sum(engines => engines?.Count ?? 1);
        if (options.Workers > 0 && options.Workers < total)
            throw new SettingsException(
                $"Engine: {total} engines need as many workers, not {options.Workers}; each video server is an engine");
    }

    private static IReadOnlyList<IEngine> Comfy(
        string[] servers, GatewayOptions options, ModelCatalog catalog, TimeProvider clock, ILoggerFactory logs,
        string? restarts)
    {
        var workflows = WorkflowReader.Read(
            options.ComfyWorkflows, [.. catalog.Families, .. catalog.Models.Select(model => model.Id)]);
        var stall = TimeSpan.FromMinutes(options.ComfyStallMinutes);
        var restart = options.ComfyRestart?.Split(
            ' ', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries) ?? [];
        if (restart.Length > 0 && ChildProcess.Find(restart[0]) is null)
            throw new SettingsException($"ComfyRestart: there is no program \"{restart[0]}\"");
        return [.. servers.Select(server => new ComfyEngine(
            new ComfyOptions { Server = Address(server), Stall = stall, Restart = restart, RestartsFolder = restarts },
            workflows, catalog, clock, logs.CreateLogger<ComfyEngine>()))];
    }

    private static Uri Address(string text) =>
        Uri.TryCreate(text, UriKind.Absolute, out var url)
            && (url.Scheme == Uri.UriSchemeHttp || url.Scheme == Uri.UriSchemeHttps)
            ? url
            : throw new SettingsException($"Engine: \"{text}\" is not an address such as http://127.0.0.1:8188");

    private sealed record Choice(string Word, string Value)
    {
        public static Choice Of(string text)
        {
            var cut = text.IndexOf('=', StringComparison.Ordinal);
            return cut < 0 ? new Choice(text, "") : new Choice(text[..cut], text[(cut + 1)..]);
        }

        public string[] Values =>
            Value.Split(',', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries) is { Length: > 0 } values
            ? values
            : throw new SettingsException(
                "Engine: what comes after '=' is missing, such as comfyui=http://127.0.0.1:8188 or process=FILE");
    }
}
