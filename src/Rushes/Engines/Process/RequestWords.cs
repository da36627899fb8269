using System.Text.Json;
using System.Text.RegularExpressions;
using Rushes.Jobs;

namespace Rushes.Engines.Process;

/// <summary>
/// The words of a request, which programs like to print again: what they print of them is neither a sign of anything nor for
/// the log.
/// </summary>
internal sealed partial class RequestWords
{
    private const int ShortestHidden = 3;

    private readonly IReadOnlyList<string> texts;

    private RequestWords(IReadOnlyList<string> texts) => this.texts = texts;

    public static RequestWords None { get; } = new([]);

    /// <param name="rules">Programs get texts as these clean them.</param>
    public static RequestWords Of(JobInput input, DrawingRules rules)
    {
        var sent = input.All.EnumerateObject().Where(
            field => field.Value.ValueKind == JsonValueKind.String && !field.Name.EndsWith("_uri", StringComparison.Ordinal))
            .Select(field => input.Text(field.Name) ?? "").ToList();
        return new RequestWords([.. sent.Concat(sent.Select(rules.Clean)).Where(text => text.Trim().Length > 0).Distinct()]);
    }

    /// <summary>What a pattern finds in a line; null when it finds nothing, or nothing but the request's own words.</summary>
    public Match? Finds(Regex? pattern, string line) =>
        pattern?.Match(line) is { Success: true } match
            && !texts.Any(text => text.Contains(match.Value, StringComparison.OrdinalIgnoreCase))
            ? match
            : null;

    /// <summary>The text without the request's words, line by line as programs print them.</summary>
    public string Hide(string text)
    {
        foreach (var words in texts.SelectMany(text => Breaks().Split(text)).Select(line => line.Trim()).Where(line => line.Length >= ShortestHidden)
                     .Distinct().OrderByDescending(line => line.Length))
            text = text.Replace(words, "[request]", StringComparison.Ordinal);
        return text;
    }

    [GeneratedRegex(@"[\r\n\u2028\u2029\u0085]+")]
    private static partial Regex Breaks();
}
