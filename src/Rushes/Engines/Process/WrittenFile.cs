using System.Text.Json;
using System.Text.Json.Nodes;

namespace Rushes.Engines.Process;

/// <summary>
/// A JSON file with the job for a program, with placeholders in its strings. A string that is only the placeholder of a
/// number becomes that number, or null if the job has none.
/// </summary>
/// <param name="Name">In the job's folder.</param>
internal sealed record WrittenFile(string Name, JsonNode? Content)
{
    private static readonly HashSet<string> Numbers =
        ["{seed}", "{width}", "{height}", "{frames}", "{fps}", "{seconds}", "{steps}", "{clips}", "{area}"];

    public IEnumerable<string> Names => Strings(Content).SelectMany(Template.NamesIn);

    /// <param name="value">Null leaves the placeholder unchanged.</param>
    public WrittenFile Filled(Func<string, string?> value) => this with { Content = Fill(Content, value) };

    public Task WriteAsync(string folder, CancellationToken cancel)
    {
        var path = new Folder(folder).Below(Name);
        Directory.CreateDirectory(Path.GetDirectoryName(path)!);
        return File.WriteAllTextAsync(path, Content?.ToJsonString() ?? "null", cancel);
    }

    private static JsonNode? Fill(JsonNode? content, Func<string, string?> value) => content switch
    {
        JsonObject whole => new JsonObject(whole.Select(pair => KeyValuePair.Create(pair.Key, Fill(pair.Value, value)))),
        JsonArray list => new JsonArray([.. list.Select(item => Fill(item, value))]),
        JsonValue text when text.GetValueKind() == JsonValueKind.String => Fill(text.GetValue<string>(), value),
        _ => content?.DeepClone(),
    };

    private static JsonNode? Fill(string text, Func<string, string?> value)
    {
        var filled = Template.Fill(text, value);
        return filled == text || !IsNumber(text)
            ? JsonValue.Create(filled)
            : filled.Length == 0
            ? null
            : JsonNode.Parse(filled);
    }

    private static bool IsNumber(string text) => Numbers.Contains(text)
        || (text.StartsWith("{number:", StringComparison.Ordinal)
        && text.IndexOf('}', StringComparison.Ordinal) == text.Length - 1);

    private static IEnumerable<string> Strings(JsonNode? content) => content switch
    {
        JsonObject whole => whole.SelectMany(pair => Strings(pair.Value)),
        JsonArray list => list.SelectMany(Strings),
        JsonValue text when text.GetValueKind() == JsonValueKind.String => [text.GetValue<string>()],
        _ => [],
    };
}
