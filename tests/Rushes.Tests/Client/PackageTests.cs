using System.IO.Compression;
using System.Xml.Linq;
using Rushes.Media;
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
        var exit = await ChildProcess.RunAsync(
            new Command("dotnet", ["pack", project, "-c", "Release", "--no-build", "-o", folder.Path, "-nologo", "-v", "quiet"]), null, TestContext.Current.CancellationToken);
        Assert.True(exit.Ok, exit.Output);

        await using var package = await ZipFile.OpenReadAsync(Directory.GetFiles(folder.Path, "*.nupkg").Single(), TestContext.Current.CancellationToken);
        var names = package.Entries.Select(entry => entry.FullName).Where(name => !name.StartsWith("_rels", StringComparison.Ordinal) && !name.StartsWith("package/", StringComparison.Ordinal));
        Assert.Equal(
            ["LICENSE", "README.md", "Rushes.Client.nuspec", "[Content_Types].xml", "lib/net10.0/Rushes.Client.dll", "lib/net10.0/Rushes.Client.xml"],
            names.Order(StringComparer.Ordinal));
        await using var about = await package.GetEntry("Rushes.Client.nuspec")!.OpenAsync(TestContext.Current.CancellationToken);
        var dependencies = XDocument.Load(about).Descendants().Where(element => element.Name.LocalName == "dependency").Select(element => (string?)element.Attribute("id"));
        Assert.Equal(["Microsoft.Extensions.Http"], dependencies);
        Assert.Single(Directory.GetFiles(folder.Path, "*.snupkg"));
    }

    [Fact]
    public void The_client_knows_nothing_of_the_rest()
    {
        var known = typeof(Rushes.Client.RushesClient).Assembly.GetReferencedAssemblies().Select(name => name.Name!);
        Assert.DoesNotContain(known, name => name.StartsWith("Rushes", StringComparison.Ordinal));
    }
}
