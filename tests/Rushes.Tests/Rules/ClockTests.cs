using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp.Syntax;
using Xunit;

namespace Rushes.Tests.Rules;

/// <summary>Time limits are made with a clock. A linked source has none, so its limit would be of the system's timer.</summary>
public sealed class ClockTests
{
    [Fact]
    public void No_linked_source_is_cancelled_after_a_time()
    {
        var found = SourceFiles.In("src")
            .SelectMany(file => LinkedLimits(file.Root), (file, name) => $"{file.Path}: {name}.CancelAfter").ToList();
        Assert.True(
            found.Count == 0, "Link a new CancellationTokenSource(time, clock) instead:\n" + string.Join('\n', found));
    }

    [Fact]
    public void Such_a_limit_is_found() => Assert.Equal(
        ["stop"],
        LinkedLimits(SourceFiles.Parse(
            "void M() { var stop = CancellationTokenSource.CreateLinkedTokenSource(c); stop.CancelAfter(1); }")));

    private static IEnumerable<string> LinkedLimits(SyntaxNode root)
    {
        var linked = root.DescendantNodes().OfType<VariableDeclaratorSyntax>()
            .Where(variable => variable.Initializer is { } initial
                && initial.Value.ToString().Contains("CreateLinkedTokenSource(", StringComparison.Ordinal))
            .Select(variable => variable.Identifier.Text).ToHashSet();
        return root.DescendantNodes().OfType<MemberAccessExpressionSyntax>()
            .Where(member => member.Name.Identifier.Text == "CancelAfter" && linked.Contains(member.Expression.ToString()))
            .Select(member => member.Expression.ToString());
    }
}
