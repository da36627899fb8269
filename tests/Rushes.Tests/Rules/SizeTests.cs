using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;
using Xunit;

namespace Rushes.Tests.Rules;

/// <summary>Methods have at most 70 lines, and types at most 25 public members, except options and wire records.</summary>
public sealed class SizeTests
{
    private const int MaxLines = 70, MaxMembers = 25;

    [Fact]
    public void Methods_have_at_most_70_lines()
    {
        var tooLong = SourceFiles.In("src").Concat(SourceFiles.In("tests")).Concat(SourceFiles.In("bench"))
            .SelectMany(
                file => file.Root.DescendantNodes().OfType<BaseMethodDeclarationSyntax>(),
                (file, method) => (file.Path, Name: NameOf(method), Lines: LinesOf(method)))
            .Where(found => found.Lines > MaxLines)
            .Select(found => $"{found.Path}: {found.Name} has {found.Lines} lines; split it")
            .ToList();
        Assert.True(tooLong.Count == 0, string.Join('\n', tooLong));
    }

    [Fact]
    public void Types_have_at_most_25_public_members()
    {
        var large = SourceFiles.In("src")
            .SelectMany(file => file.Root.DescendantNodes().OfType<TypeDeclarationSyntax>(), (file, type) => (file.Path, type))
            .Where(found => !IsData(found.type))
            .GroupBy(found => found.type.Identifier.Text, found => (found.Path, Members: PublicMembersOf(found.type)))
            .Select(type => (type.Key, type.First().Path, Members: type.Max(part => part.Members)))
            .Where(type => type.Members > MaxMembers)
            .Select(type => $"{type.Path}: {type.Key} has {type.Members} public members; split it")
            .ToList();
        Assert.True(large.Count == 0, string.Join('\n', large));
    }

    [Fact]
    public void Lines_are_counted_without_comments_before_the_method()
    {
        var method = SourceFiles.Parse("class C\n{\n    // why\n    void M()\n    {\n    }\n}")
            .DescendantNodes().OfType<MethodDeclarationSyntax>().Single();
        Assert.Equal(3, LinesOf(method));
    }

    /// <summary>Records that only carry data: options, wire formats, stored rows.</summary>
    private static bool IsData(TypeDeclarationSyntax type) =>
        type.Members.All(member => member is PropertyDeclarationSyntax or FieldDeclarationSyntax or TypeDeclarationSyntax);

    private static int PublicMembersOf(TypeDeclarationSyntax type)
    {
        var members = type is InterfaceDeclarationSyntax
            ? type.Members
            : type.Members.Where(member => member.Modifiers.Any(SyntaxKind.PublicKeyword));
        return members.Count() + (type is RecordDeclarationSyntax { ParameterList: { } list } ? list.Parameters.Count : 0);
    }

    private static string NameOf(BaseMethodDeclarationSyntax method) => method switch
    {
        MethodDeclarationSyntax named => named.Identifier.Text,
        ConstructorDeclarationSyntax constructor => constructor.Identifier.Text,
        _ => method.Kind().ToString(),
    };

    private static int LinesOf(SyntaxNode node)
    {
        var lines = node.SyntaxTree.GetLineSpan(node.Span);
        return lines.EndLinePosition.Line - lines.StartLinePosition.Line + 1;
    }
}
