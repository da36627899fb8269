using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Xunit;

namespace Rushes.Tests.Rules;

/// <summary>The C# files of the repository, parsed.</summary>
internal static class SourceFiles
{
    public static IEnumerable<(string Path, SyntaxNode Root)> In(string folder) =>
        Directory.EnumerateFiles(Path.Combine(RoomTests.Root(), folder), "*.cs", SearchOption.AllDirectories)
            .Where(path => !path.Contains("/obj/", StringComparison.Ordinal) && !path.Contains("/bin/", StringComparison.Ordinal))
            .Select(path => (Path.GetRelativePath(RoomTests.Root(), path), Parse(File.ReadAllText(path))));

    public static SyntaxNode Parse(string code)
    {
        var cancel = TestContext.Current.CancellationToken;
        return CSharpSyntaxTree.ParseText(code, cancellationToken: cancel).GetRoot(cancel);
    }
}
