using System.Text.Json;
using System.Text.RegularExpressions;

namespace Rushes.Tests.Scenarios;

/// <summary>
/// Holds an answer against the one written down: same fields, same types, same values. <c>{{digits id}}</c> in a golden string
/// takes a value and keeps it under a name; <c>{{id}}</c> stands for one kept. Kinds: digits, integer, number, uuid, hex32,
/// short, base64, url, any.
/// </summary>
public sealed partial class Golden(Dictionary<string, string> kept)
{
    private static readonly Dictionary<string, string> Kinds = new()
    {
        ["digits"] = @"\d+",
        ["uuid"] = "[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}",
        ["hex32"] = "[0-9a-f]{32}",
        ["short"] = "[0-9a-z]{26}",
        ["base64"] = "[A-Za-z0-9+/]+={0,2}",
        ["url"] = @"https?://[^\s""]+",
        ["any"] = "(?s:.*)",
    };

    /// <summary>Null if they match; otherwise where and how they differ.</summary>
    public string? Differs(JsonElement golden, JsonElement actual, string at = "$")
    {
        if (golden.ValueKind == JsonValueKind.String && IsNumberPattern(golden.GetString()!, out var name))
        {
            if (actual.ValueKind != JsonValueKind.Number || !actual.TryGetInt64(out var number))
                return $"{at}: {actual} is no integer";
            if (name is not null) kept[name] = number.ToString();
            return null;
        }
        if (golden.ValueKind == JsonValueKind.String && golden.ValueEquals("{{number}}"))
            return actual.ValueKind == JsonValueKind.Number ? null : $"{at}: {actual} is no number";
        if (golden.ValueKind != actual.ValueKind)
            return $"{at}: {actual.ValueKind} {actual} instead of {golden.ValueKind} {golden}";
        return golden.ValueKind switch
        {
            JsonValueKind.Object => DiffersObject(golden, actual, at),
            JsonValueKind.Array => DiffersArray(golden, actual, at),
            JsonValueKind.String =>
                Matches(golden.GetString()!, actual.GetString()!) ? null : $"{at}: \"{actual}\" instead of \"{golden}\"",
            _ => golden.GetRawText() == actual.GetRawText() ? null : $"{at}: {actual} instead of {golden}",
        };
    }

    public bool Matches(string golden, string actual)
    {
        var names = new List<string>();
        var pattern = Placeholder().Replace(Regex.Escape(golden).Replace(@"\{", "{").Replace(@"\ ", " "), match =>
        {
            var words = match.Groups[1].Value.Split(' ');
            if (!Kinds.TryGetValue(words[0], out var kind)) return Regex.Escape(kept[words[0]]);
            if (words.Length == 1) return kind;
            names.Add(words[1]);
            return $"(?<{words[1]}>{kind})";
        });
        var match = Regex.Match(actual, $"^(?:{pattern})$");
        foreach (var name in names)
            if (match.Success) kept[name] = match.Groups[name].Value;
        return match.Success;
    }

    /// <summary>Inserts the captured values.</summary>
    public string Fill(string text) =>
        Placeholder().Replace(text, match => kept.GetValueOrDefault(match.Groups[1].Value, match.Value));

    private string? DiffersObject(JsonElement golden, JsonElement actual, string at)
    {
        foreach (var field in golden.EnumerateObject())
        {
            if (!actual.TryGetProperty(field.Name, out var value)) return $"{at}.{field.Name} is missing in {actual}";
            if (Differs(field.Value, value, $"{at}.{field.Name}") is { } difference) return difference;
        }
        foreach (var field in actual.EnumerateObject())
            if (!golden.TryGetProperty(field.Name, out _)) return $"{at}.{field.Name} is not in the document: {field.Value}";
        return null;
    }

    private string? DiffersArray(JsonElement golden, JsonElement actual, string at)
    {
        if (golden.GetArrayLength() != actual.GetArrayLength()) return $"{at}: {actual} instead of {golden}";
        return golden.EnumerateArray().Zip(actual.EnumerateArray())
            .Select((pair, index) => Differs(pair.First, pair.Second, $"{at}[{index}]"))
            .FirstOrDefault(difference => difference is not null);
    }

    private static bool IsNumberPattern(string golden, out string? name)
    {
        var match = Regex.Match(golden, @"^\{\{integer(?: (\w+))?\}\}$");
        name = match.Groups[1] is { Success: true, Value: var value } ? value : null;
        return match.Success;
    }

    [GeneratedRegex(@"\{\{([^}]+)\}\}")]
    private static partial Regex Placeholder();
}
