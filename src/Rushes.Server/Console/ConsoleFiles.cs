using System.Security.Cryptography;
using System.Text;
using Rushes.Server.Auth;
using Rushes.Server.Http;

namespace Rushes.Server.Console;

/// <summary>
/// The console's files, which are embedded in the program. Their URL contains a hash of all files, so browsers can cache them
/// permanently and only request the page again. The scripts and styles are bundled.
/// </summary>
internal sealed class ConsoleFiles
{
    private const string Prefix = "console/";
    private const string Page = "index.html";
    private const string Script = "app.js";
    private const string Styles = "console.css";

    private readonly Dictionary<string, StaticFile> known = StaticFile.Embedded(Prefix).ToDictionary(file => file.Name);
    private readonly string? folder;

    /// <param name="folder">If set, the files of this folder are served unbundled, for development.</param>
    public ConsoleFiles(string? folder)
    {
        this.folder = folder;
        if (folder is null) Link();
        Assets = $"/console/assets/{(folder is null ? VersionOf(known.Values) : "dev")}";
        Html = Text(Page).Replace("{{assets}}", Assets, StringComparison.Ordinal);
    }

    /// <summary>The path of the files in URLs.</summary>
    public string Assets { get; }

    /// <summary>The HTML page, which refers to the other files.</summary>
    public string Html { get; }

    public void Map(IEndpointRouteBuilder routes) =>
        routes.MapGet(
            "/console/assets/{version}/{**file}",
            (HttpContext http, string version, string file) => Send(http, file)).AllowAnyone();

    /// <summary>A page of an older version gets the current file, which must not be cached under the old URL.</summary>
    private IResult Send(HttpContext http, string name)
    {
        if (name == Page || !known.TryGetValue(name, out var file)) return TypedResults.NotFound();
        if (folder is not null) file = new StaticFile(name, File.ReadAllBytes(new Folder(folder).Below(name)));
        http.Response.Headers.CacheControl = folder is null ? "public, max-age=31536000, immutable" : "no-store";
        return file.Send(http);
    }

    private void Link()
    {
        var (bundles, parts) = ScriptLinker.LinkAll(Script, Text);
        foreach (var part in parts) known.Remove(part);
        foreach (var (name, text) in bundles) known.Add(name, new StaticFile(name, Encoding.UTF8.GetBytes(text)));
        var (styles, sheets) = StyleLinker.Link(Styles, Text);
        foreach (var sheet in sheets) known.Remove(sheet);
        known[Styles] = new StaticFile(Styles, Encoding.UTF8.GetBytes(styles));
    }

    private string Text(string name) => Encoding.UTF8.GetString(known[name].Bytes);

    private static string VersionOf(IEnumerable<StaticFile> all)
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        foreach (var file in all.OrderBy(file => file.Name, StringComparer.Ordinal)) hash.AppendData(file.Bytes);
        return Convert.ToHexStringLower(hash.GetHashAndReset())[..12];
    }
}
