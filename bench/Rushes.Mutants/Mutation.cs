using System.Globalization;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;

namespace Rushes.Mutants;

/// <summary>One small change of the kind that people make by mistake.</summary>
/// <param name="Name">As the report shows it.</param>
/// <param name="Change">The changed code. For a statement that is left out: null.</param>
internal sealed record Mutation(string Name, Func<SyntaxNode, SyntaxNode?> Change)
{
    private static readonly Dictionary<SyntaxKind, string[]> Operators = new()
    {
        [SyntaxKind.LessThanExpression] = ["<=", ">"],
        [SyntaxKind.LessThanOrEqualExpression] = ["<"],
        [SyntaxKind.GreaterThanExpression] = [">=", "<"],
        [SyntaxKind.GreaterThanOrEqualExpression] = [">"],
        [SyntaxKind.EqualsExpression] = ["!="],
        [SyntaxKind.NotEqualsExpression] = ["=="],
        [SyntaxKind.LogicalAndExpression] = ["||"],
        [SyntaxKind.LogicalOrExpression] = ["&&"],
        [SyntaxKind.AddExpression] = ["-"],
        [SyntaxKind.SubtractExpression] = ["+"],
        [SyntaxKind.MultiplyExpression] = ["/"],
        [SyntaxKind.DivideExpression] = ["*"],
    };

    /// <summary>The mutations of a node; most nodes have none.</summary>
    public static IEnumerable<Mutation> Of(SyntaxNode node)
    {
        // A name that is declared inside would be declared twice.
        if (node.DescendantNodesAndSelf().Any(part => part is VariableDesignationSyntax or VariableDeclarationSyntax)) return [];
        return node switch
        {
            BinaryExpressionSyntax binary when Operators.TryGetValue(binary.Kind(), out var others) =>
                others.Select(other => Swap(binary, other)),
            PrefixUnaryExpressionSyntax negation when negation.IsKind(SyntaxKind.LogicalNotExpression) =>
                [new("! removed", changed => ((PrefixUnaryExpressionSyntax)changed).Operand)],
            LiteralExpressionSyntax literal => OfLiteral(literal),
            ExpressionStatementSyntax { Expression: not AssignmentExpressionSyntax { Left: DeclarationExpressionSyntax } } =>
                [new("statement removed", _ => null)],
            InvocationExpressionSyntax call => OfArguments(call),
            _ => [],
        };
    }

    private static Mutation Swap(BinaryExpressionSyntax binary, string other) => new(
        $"{binary.OperatorToken.Text} → {other}",
        changed => SyntaxFactory.ParseExpression(
            $"{((BinaryExpressionSyntax)changed).Left} {other} {((BinaryExpressionSyntax)changed).Right}"));

    private static IEnumerable<Mutation> OfLiteral(LiteralExpressionSyntax literal) => literal.Kind() switch
    {
        SyntaxKind.TrueLiteralExpression => [new("true → false", _ => SyntaxFactory.ParseExpression("false"))],
        SyntaxKind.FalseLiteralExpression => [new("false → true", _ => SyntaxFactory.ParseExpression("true"))],
        SyntaxKind.NumericLiteralExpression when literal.Token.Value is int number =>
            [new($"{number} → {number + 1}",
                _ => SyntaxFactory.ParseExpression((number + 1).ToString(CultureInfo.InvariantCulture)))],
        _ => [],
    };

    private static IEnumerable<Mutation> OfArguments(InvocationExpressionSyntax call)
    {
        var arguments = call.ArgumentList.Arguments;
        for (var first = 0; first + 1 < arguments.Count; first++)
        {
            if (!IsPlain(arguments[first]) || !IsPlain(arguments[first + 1])) continue;
            var at = first;
            yield return new($"arguments {at + 1} and {at + 2} swapped", changed =>
            {
                var list = ((InvocationExpressionSyntax)changed).ArgumentList.Arguments;
                var (one, other) = (list[at], list[at + 1]);
                list = list.Replace(list[at], other.WithTriviaFrom(one));
                list = list.Replace(list[at + 1], one.WithTriviaFrom(other));
                return ((InvocationExpressionSyntax)changed).WithArgumentList(SyntaxFactory.ArgumentList(list));
            });
        }
    }

    private static bool IsPlain(ArgumentSyntax argument) =>
        argument.NameColon is null && argument.RefKindKeyword.IsKind(SyntaxKind.None);
}
