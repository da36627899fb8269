using System.IO.Compression;
using System.Xml.Linq;
using Rushes.Tests.Rules;
using Xunit;

namespace Rushes.Tests.Client;

/// <summary>The client as others get it.</summary>
public sealed class PackageTests
{
    [Fact]
    public async Task The_package_has_the_client_its_documentation_and_one_dependency()
    {
        using var folder = new TempFolder();
        var project = Path.Combine(RoomTests.Root(), "src", "Rushes.Client", "Rushes.Client.csproj");
        var exit = await Tool.RunAsync(
            "dotnet", ["pack", project, "-c", "Release", "--no-build", "-o", folder.Path, "-nologo", "-v", "quiet"],
            TestContext.Current.CancellationToken);
        Assert.True(exit.Ok, exit.Output);

        await using var package = await ZipFile.OpenReadAsync(
            Directory.GetFiles(folder.Path, "*.nupkg").Single(), TestContext.Current.CancellationToken);
        var names = package.Entries.Select(entry => entry.FullName).Where(
            name => !name.StartsWith("_rels", StringComparison.Ordinal) && !name.StartsWith(
                "package/", StringComparison.Ordinal));
        Assert.Equal(
            ["LICENSE", "README.md", "Rushes.Client.nuspec", "[Content_Types].xml", "icon.png", "lib/net10.0/Rushes.Client.dll",
            "lib/net10.0/Rushes.Client.xml"],
            names.Order(StringComparer.Ordinal));
        await using var about = await package.GetEntry("Rushes.Client.nuspec")!.OpenAsync(TestContext.Current.CancellationToken);
        var elements = XDocument.Load(about).Descendants().ToLookup(element => element.Name.LocalName);
        Assert.Equal(["Microsoft.Extensions.Http"], elements["dependency"].Select(element => (string?)element.Attribute("id")));
        foreach (var (name, value) in new[]
            { ("license", "Apache-2.0"), ("readme", "README.md"), ("icon", "icon.png"), ("version", "0.1.0") })
            Assert.Equal(value, elements[name].Single().Value);
        Assert.NotEmpty(elements["description"].Single().Value);

        await using var symbols = await ZipFile.OpenReadAsync(
            Directory.GetFiles(folder.Path, "*.snupkg").Single(), TestContext.Current.CancellationToken);
        Assert.Contains(symbols.Entries, entry => entry.FullName == "lib/net10.0/Rushes.Client.pdb");
    }

    [Fact]
    public void The_client_knows_nothing_of_the_rest()
    {
        var known = typeof(Rushes.Client.RushesClient).Assembly.GetReferencedAssemblies().Select(name => name.Name!);
        Assert.DoesNotContain(known, name => name.StartsWith("Rushes", StringComparison.Ordinal));
    }
}
