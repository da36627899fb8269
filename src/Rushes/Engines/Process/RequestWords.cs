using System.Text.Json;
using System.Text.RegularExpressions;
using Rushes.Jobs;

namespace Rushes.Engines.Process;

/// <summary>The texts of a request. Programs often print them again, which must neither be interpreted nor logged.</summary>
internal sealed partial class RequestWords
{
    private const int ShortestHidden = 3;

    private readonly IReadOnlyList<string> texts;

    private RequestWords(IReadOnlyList<string> texts) => this.texts = texts;

    public static RequestWords None { get; } = new([]);

    /// <param name="rules">Programs get texts as cleaned by these.</param>
    public static RequestWords Of(JobInput input, RenderRules rules)
    {
        var sent = input.All.EnumerateObject().Where(
            field => field.Value.ValueKind == JsonValueKind.String && !field.Name.EndsWith("_uri", StringComparison.Ordinal))
            .Select(field => input.Text(field.Name) ?? "").ToList();
        return new RequestWords([.. sent.Concat(sent.Select(rules.Clean)).Where(text => text.Trim().Length > 0).Distinct()]);
    }

    /// <summary>The match of a pattern in a line; null if there is none, or only in the request's own texts.</summary>
    public Match? Finds(Regex? pattern, string line) =>
        pattern?.Match(line) is { Success: true } match
            && !texts.Any(text => text.Contains(match.Value, StringComparison.OrdinalIgnoreCase))
            ? match
            : null;

    /// <summary>The text without the request's texts, line by line as programs print them.</summary>
    public string Hide(string text)
    {
        foreach (var words in texts.SelectMany(text => Breaks().Split(text)).Select(line => line.Trim())
            .Where(line => line.Length >= ShortestHidden)
            .Distinct().OrderByDescending(line => line.Length))
            text = text.Replace(words, "[request]", StringComparison.Ordinal);
        return text;
    }

    [GeneratedRegex(@"[\r\n\u2028\u2029\u0085]+")]
    private static partial Regex Breaks();
}
