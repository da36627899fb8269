using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;

namespace Rushes.Mutants;

/// <summary>A source file in which each mutation is chosen at run time, so that one build serves all mutants.</summary>
internal sealed class MutatedFile(string path, string source)
{
    private readonly SyntaxNode root = CSharpSyntaxTree.ParseText(source).GetRoot();

    /// <summary>All sites of the file, without ids.</summary>
    public IEnumerable<MutantSite> Sites() => root.DescendantNodes()
        .Where(node => !node.Ancestors().Any(IsFixed))
        .SelectMany(node => Mutation.Of(node).Select(mutation =>
        {
            var lines = node.GetLocation().GetLineSpan();
            return new MutantSite(
                -1, path, lines.StartLinePosition.Line + 1, lines.EndLinePosition.Line + 1, node, mutation);
        }));

    /// <summary>The source with these sites, on the same lines as before.</summary>
    public string With(IEnumerable<MutantSite> sites)
    {
        var byNode = sites.ToLookup(site => site.Node);
        return root.ReplaceNodes(
            byNode.Select(group => group.Key),
            (original, changed) => byNode[original].Aggregate(changed, (inner, site) => Wrap(site, inner, changed)))
            .ToFullString();
    }

    private static SyntaxNode Wrap(MutantSite site, SyntaxNode otherwise, SyntaxNode original)
    {
        var test = $"global::Rushes.Mutant.Is({site.Id})";
        var mutated = site.Mutation.Change(original.WithoutTrivia());
        // Line breaks inside are kept, so that errors of the compiler name the same lines.
        return mutated is null
            ? SyntaxFactory.ParseStatement($"if (!{test}) {{ {otherwise.WithoutTrivia()} }}").WithTriviaFrom(otherwise)
            : SyntaxFactory.ParseExpression(
                $"({test} ? ({OnOneLine(mutated)}) : ({otherwise.WithoutTrivia()}))").WithTriviaFrom(otherwise);
    }

    private static string OnOneLine(SyntaxNode node) =>
        string.Join(' ', node.ToString().Split('\n').Select(line => line.Split("//")[0].Trim()));

    /// <summary>Attributes and constants need values that the compiler knows, and expression trees have no statements.</summary>
    private static bool IsFixed(SyntaxNode node) => node is AttributeSyntax or EnumMemberDeclarationSyntax
        or CaseSwitchLabelSyntax or PatternSyntax or ParameterSyntax or InterpolationFormatClauseSyntax
        || (node is FieldDeclarationSyntax field && field.Modifiers.Any(SyntaxKind.ConstKeyword))
        || (node is LocalDeclarationStatementSyntax local && local.Modifiers.Any(SyntaxKind.ConstKeyword));
}
