using System.Text;
using Xunit;

namespace Rushes.Tests.Client;

/// <summary>Compiles snippets with the SDK's compiler, without a project.</summary>
internal static class CSharp
{
    /// <param name="target"><c>library</c>, or <c>exe</c>, which <c>dotnet</c> runs.</param>
    /// <returns>What was made.</returns>
    public static async Task<string> CompileAsync(TempFolder folder, string target, IEnumerable<string> sources)
    {
        var cancel = TestContext.Current.CancellationToken;
        // What a project with ImplicitUsings has.
        await File.WriteAllTextAsync(folder["usings.cs"], string.Concat(
            new[] { "System", "System.Collections.Generic", "System.IO", "System.Linq", "System.Net.Http", "System.Threading",
                "System.Threading.Tasks" }.Select(name => $"global using {name};\n")),
            cancel);
        var made = folder["snippets.dll"];
        var options = new StringBuilder(
            $"-target:{target} -nullable:enable -langversion:14 -nowarn:CS1701,CS1702\n").AppendLine($"-out:\"{made}\"");
        var shared = Path.GetDirectoryName(Path.GetDirectoryName(Path.GetDirectoryName(typeof(object).Assembly.Location)))!;
        var references = new[] { "Microsoft.NETCore.App", "Microsoft.AspNetCore.App" }
            .SelectMany(
                framework => Directory.EnumerateFiles(Path.Combine(shared, framework, Environment.Version.ToString()), "*.dll"))
            .Where(path => Path.GetFileName(path) is var name && (name.StartsWith("System.", StringComparison.Ordinal)
            || name.StartsWith("Microsoft.", StringComparison.Ordinal)) && !name.Contains("Native", StringComparison.Ordinal))
            .Append(typeof(Rushes.Client.RushesClient).Assembly.Location);
        // A program loads the client from its own folder.
        var client = typeof(Rushes.Client.RushesClient).Assembly.Location;
        File.Copy(client, folder[Path.GetFileName(client)], overwrite: true);
        foreach (var path in references) options.AppendLine($"-r:\"{path}\"");
        foreach (var path in sources.Prepend(folder["usings.cs"])) options.AppendLine($"\"{path}\"");
        await File.WriteAllTextAsync(folder["options.rsp"], options.ToString(), cancel);
        await File.WriteAllTextAsync(folder["snippets.runtimeconfig.json"], $$"""
            { "runtimeOptions": { "framework": { "name": "Microsoft.NETCore.App", "version": "{{Environment.Version}}" } } }
            """, cancel);

        var exit = await Tool.RunAsync("dotnet", [Compiler(), "-nologo", "-noconfig", $"@{folder["options.rsp"]}"], cancel);
        Assert.True(exit.Ok, exit.Output);
        return made;
    }

    private static string Compiler()
    {
        var home = Path.GetFullPath(Path.Combine(Path.GetDirectoryName(typeof(object).Assembly.Location)!, "..", "..", ".."));
        return Directory.GetDirectories(Path.Combine(home, "sdk"), $"{Environment.Version.Major}.*")
            .Order()
            .Select(sdk => Path.Combine(sdk, "Roslyn", "bincore", "csc.dll"))
            .Last(File.Exists);
    }
}
