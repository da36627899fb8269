using System.CommandLine;
using System.Globalization;
using Rushes.Engines.Comfy;

namespace Rushes.Cli;

/// <summary><c>rushes comfy clean</c>: deletes old inputs and results from the folders of a ComfyUI server.</summary>
internal static class ComfyCommand
{
    public static Command Create()
    {
        var input = new Option<string?>("--input") { Description = "ComfyUI's folder of inputs.", HelpName = "FOLDER" };
        var output = new Option<string?>("--output") { Description = "ComfyUI's folder of outputs.", HelpName = "FOLDER" };
        var hours = new Option<double>("--hours")
        {
            Description = "Hours since a file was last changed, at least 2; more than the longest job takes.",
            DefaultValueFactory = _ => 24,
        };
        var clean = new Command("clean", "Delete old files of Rushes from the folders of a ComfyUI server on this machine.")
        {
            input, output, hours,
        }.WithExamples("rushes comfy clean --input /opt/ComfyUI/input --output /opt/ComfyUI/output --hours 24");
        clean.SetAction(parsed => Clean([parsed.GetValue(input), parsed.GetValue(output)], parsed.GetValue(hours)));
        return new Command("comfy", "Manage ComfyUI servers.") { clean }.WithExamples(
            "rushes comfy clean --output /opt/ComfyUI/output");
    }

    private static int Clean(IEnumerable<string?> given, double hours)
    {
        var folders = given.OfType<string>().ToList();
        if (folders.Count == 0) throw Usage("Name a folder with --input or --output.");
        if (!(hours >= ComfyFolder.MinAge.TotalHours && hours <= 1_000_000))
            throw Usage(
                string.Create(
                    CultureInfo.InvariantCulture, $"--hours is {hours}; use {ComfyFolder.MinAge.TotalHours} to 1000000."));
        if (folders.Find(folder => !Directory.Exists(folder)) is { } missing)
            throw Usage($"There is no folder \"{missing}\".");
        foreach (var folder in folders)
            try
            {
                var (deleted, bytes, kept) = ComfyFolder.Clean(folder, TimeProvider.System.GetUtcNow().AddHours(-hours));
                Console.WriteLine(
                    string.Create(
                        CultureInfo.InvariantCulture,
                        $"{folder}: deleted {Files(deleted)} of Rushes ({bytes / 1e6:0.0} MB), "
                        + $"kept {Files(kept)} that are newer"));
            }
            catch (Exception error) when (error is IOException or UnauthorizedAccessException)
            {
                throw new CliException($"{folder}: {error.Message}");
            }
        return Exits.Done;
    }

    private static string Files(int count) => count == 1 ? "1 file" : $"{count} files";

    private static CliException Usage(string message) => new(message) { Exit = Exits.Usage };
}
