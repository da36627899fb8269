using System.Text.Json;
using System.Text.Json.Nodes;
using Rushes.Catalog;
using Rushes.Engines.Process;

namespace Rushes.Tests.Engines.Process;

/// <summary>The shipped engine files, with stand-ins for what is the operator's: programs, folders and weights.</summary>
internal static class ShippedFile
{
    private static readonly string Folder = Path.Combine(AppContext.BaseDirectory, "engines");

    public static readonly HashSet<string> Families = [.. CatalogReader.Read().Models.Select(model => model.Family.Name)];

    public static IEnumerable<string> Names =>
        Directory.EnumerateFiles(Folder).Select(path => Path.GetFileNameWithoutExtension(path)).Order();

    public static ProgramFile Read(string name, TempFolder folder, string program = "bash") =>
        ProgramFileReader.Read(Write(name, folder, program), Families);

    /// <returns>The copy's path.</returns>
    public static string Write(string name, TempFolder folder, string program = "bash")
    {
        var file = JsonNode.Parse(
            File.ReadAllText(Path.Combine(Folder, name + ".json")),
            documentOptions: new JsonDocumentOptions
            {
                CommentHandling = JsonCommentHandling.Skip, AllowTrailingCommas = true,
            })!.AsObject();
        file["enabled"] = true;
        file["gpus"] = new JsonArray();
        var variables = file["variables"]!.AsObject();
        foreach (var variable in variables.Select(pair => pair.Key).ToList())
            variables[variable] = variable switch
            {
                "python" or "program" => program, "home" => folder.Path, "weights" => "W", _ => variables[variable]!.DeepClone(),
            };
        File.WriteAllText(folder[name + ".json"], file.ToJsonString());
        return folder[name + ".json"];
    }
}
