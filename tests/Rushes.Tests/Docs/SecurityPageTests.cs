using System.Reflection;
using System.Text.RegularExpressions;
using Xunit;

namespace Rushes.Tests.Docs;

/// <summary>docs/operate/security.md names a test for each promise, and the tests exist.</summary>
public sealed partial class SecurityPageTests
{
    private static readonly string[] Lines = File.ReadAllLines(Path.Combine(Pages.Root, "docs", "operate", "security.md"));

    public static TheoryData<string> Tests() => [.. Lines.SelectMany(TestsIn).Distinct()];

    [Theory]
    [MemberData(nameof(Tests))]
    public void A_named_test_exists(string test)
    {
        var (type, method) = (test.Split('.')[0], test.Split('.')[1]);
        var found = Assembly.GetExecutingAssembly().GetTypes().Where(each => each.Name == type)
            .SelectMany(each => each.GetMethods(BindingFlags.Public | BindingFlags.Instance | BindingFlags.FlattenHierarchy))
            .Where(each => each.Name == method && each.GetCustomAttributes<FactAttribute>().Any());
        Assert.True(found.Any(), $"security.md names {test}, which is not a test");
    }

    [Fact]
    public void Every_promise_names_a_test()
    {
        var promises = 0;
        var inTable = false;
        foreach (var line in Lines)
        {
            if (!line.StartsWith('|')) inTable = false;
            else if (line.EndsWith("| test |", StringComparison.Ordinal)) inTable = true;
            else if (inTable && !line.StartsWith("|---", StringComparison.Ordinal))
            {
                promises++;
                Assert.True(TestsIn(line).Any(), $"security.md promises without a test: {line}");
            }
        }
        Assert.True(promises > 20, $"security.md has {promises} promises");
    }

    private static IEnumerable<string> TestsIn(string line) => Reference().Matches(line).Select(match => match.Groups[1].Value);

    [GeneratedRegex(@"`(\w+Tests\.\w+)`")]
    private static partial Regex Reference();
}
