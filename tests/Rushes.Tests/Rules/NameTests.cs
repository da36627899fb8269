using System.Text.RegularExpressions;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp.Syntax;
using Xunit;

namespace Rushes.Tests.Rules;

/// <summary>Names of types and members in <c>src</c> follow docs/contributing/words.md.</summary>
public sealed partial class NameTests
{
    /// <summary>Words of the list that names may contain, and what they mean there.</summary>
    private static readonly Dictionary<string, string> Allowed = new()
    {
        ["task"] = ".NET's Task; a draft that is taken",
        ["order"] = "sorting",
        ["form"] = "the format of a body: a multipart form, the form of a dialect's errors",
        ["dialect"] = "the module; the list keeps the word for code",
        ["picture"] = "a value in catalog.json (MediaKind)",
        ["sound"] = "a value in catalog.json (MediaKind), and the models that make sound",
        ["link"] = "a hyperlink: a Link header, a link of the documentation, a share link",
        ["delivery"] = "the record of a webhook",
        ["preview"] = "a frame of an unfinished video",
        ["lines"] = "lines of text",
        ["plan"] = "an account plan; RenderPlan is the other",
        ["bad"] = "HTTP's Bad Request",
        ["done"] = "finished steps",
        ["hold"] = "the state of a price before it is captured",
        ["callback"] = "the name in a dialect's own API",
        ["swept"] = "what FileSweep deleted",
        ["room"] = "free space",
        ["word"] = "a word of a text",
        ["sign"] = "to sign a URL, to sign in",
        ["take"] = "to take an item from a queue or a pool",
        ["good"] = "what a check found right",
        ["try"] = ".NET's TryX; one try to send a delivery",
        ["break"] = "to end a line; to mark a part of an engine as broken",
    };

    /// <summary>Measured values, which are no limits.</summary>
    private static readonly string[] Measured = ["Longest"];

    [Fact]
    public void Names_of_types_and_members_use_the_words_of_the_list()
    {
        var denied = Denied();
        Assert.Contains("refusal", denied);
        var found = SourceFiles.In("src")
            .SelectMany(file => Names(file.Root), (file, name) => (file.Path, Name: name))
            .Where(found => !Measured.Contains(found.Name))
            .SelectMany(
                found => Words(found.Name).Where(denied.Contains).Select(word => $"{found.Path}: {found.Name}: \"{word}\""))
            .Distinct().Order(StringComparer.Ordinal).ToList();
        Assert.True(found.Count == 0, $"Names with words that docs/contributing/words.md replaces:\n{string.Join('\n', found)}");
    }

    [Fact]
    public void Every_exception_is_a_word_of_the_list()
    {
        var listed = Listed();
        Assert.All(Allowed.Keys, word => Assert.Contains(word, listed));
    }

    [Theory]
    [InlineData("class RefusalReason { int Kept; int most; }", "refusal")]
    [InlineData("record Ending(bool Told);", "told")]
    [InlineData("interface ISings { void Told(); }", "sings told")]
    [InlineData("enum End { Good, Refused }", "refused")]
    [InlineData("class A { const int MostJobs = 1, Parts = 2; event System.Action Gone; }", "most gone")]
    public void Such_a_name_is_found(string code, string words)
    {
        var denied = Denied();
        Assert.Equal(
            words, string.Join(' ', Names(SourceFiles.Parse(code)).SelectMany(Words).Where(denied.Contains)));
    }

    /// <summary>The words of the list that are not allowed, with their usual endings.</summary>
    private static HashSet<string> Denied() =>
    [
        .. Listed().Except(Allowed.Keys)
            .SelectMany(word => new[] { word, $"{word}s", word.EndsWith('e') ? $"{word}d" : $"{word}ed" }),
    ];

    /// <summary>The single words of the column "do not use".</summary>
    private static HashSet<string> Listed() =>
    [
        .. File.ReadLines(Path.Combine(RoomTests.Root(), "docs/contributing/words.md"))
            .SkipWhile(line => !line.StartsWith("| use |", StringComparison.Ordinal)).Skip(2)
            .SelectMany(line => Notes().Replace(line.Split('|')[3], "").Split(',', StringSplitOptions.TrimEntries))
            .Where(entry => SingleWord().IsMatch(entry)),
    ];

    /// <summary>Types, members, values of enumerations and properties of records; not those with underscores.</summary>
    private static IEnumerable<string> Names(SyntaxNode root) => root.DescendantNodes().SelectMany(
        node => node switch
        {
            BaseTypeDeclarationSyntax type => [type.Identifier.Text],
            DelegateDeclarationSyntax type => [type.Identifier.Text],
            MethodDeclarationSyntax method => [method.Identifier.Text],
            LocalFunctionStatementSyntax method => [method.Identifier.Text],
            PropertyDeclarationSyntax property => [property.Identifier.Text],
            EnumMemberDeclarationSyntax value => [value.Identifier.Text],
            BaseFieldDeclarationSyntax field => field.Declaration.Variables.Select(variable => variable.Identifier.Text)
                .Where(name => char.IsUpper(name[0]) || field is EventFieldDeclarationSyntax),
            ParameterSyntax { Parent.Parent: RecordDeclarationSyntax } parameter => [parameter.Identifier.Text],
            _ => (IEnumerable<string>)[],
        });

    private static IEnumerable<string> Words(string name) => Part().Matches(name).Select(part => part.Value.ToLowerInvariant());

    [GeneratedRegex("[A-Z]?[a-z0-9]+|[A-Z]+(?![a-z])")]
    private static partial Regex Part();

    [GeneratedRegex(@"\([^)]*\)|;.*")]
    private static partial Regex Notes();

    [GeneratedRegex("^[a-z]{3,}$")]
    private static partial Regex SingleWord();
}
