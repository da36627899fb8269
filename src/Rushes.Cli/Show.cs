using System.CommandLine;
using System.Text.Json;
using System.Text.Json.Serialization;
using Spectre.Console;

namespace Rushes.Cli;

/// <summary>Answers of the gateway: as a table for people, or with <c>--json</c> as they came.</summary>
internal static class Show
{
    public static readonly Option<bool> Json = new("--json") { Description = "Print the answer as JSON.", Recursive = true };

    private static readonly JsonSerializerOptions Indented = new() { WriteIndented = true, Encoder = System.Text.Encodings.Web.JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    private static readonly JsonSerializerOptions Compact = new()
    {
        PropertyNamingPolicy = JsonNamingPolicy.SnakeCaseLower, DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull,
        Encoder = System.Text.Encodings.Web.JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
    };

    /// <summary>A value as the answer it would be.</summary>
    public static JsonElement Element<T>(T value) => JsonSerializer.SerializeToElement(value, Compact);

    /// <summary>One sentence, or with <c>--json</c> the same for programs.</summary>
    public static int Fact(ParseResult parsed, string words, object answer)
    {
        if (parsed.GetValue(Json)) Console.WriteLine(JsonSerializer.Serialize(Element(answer), Indented));
        else Console.WriteLine(words);
        return Exits.Done;
    }

    /// <summary>JSON on a line of its own, one of many.</summary>
    public static void Line(object answer) => Console.WriteLine(JsonSerializer.Serialize(answer, Compact));

    /// <summary>One answer, or a list of them, with these fields as columns.</summary>
    public static int Rows(ParseResult parsed, JsonElement answer, IEnumerable<JsonElement> rows, params string[] fields)
    {
        if (parsed.GetValue(Json))
        {
            Console.WriteLine(JsonSerializer.Serialize(answer, Indented));
            return 0;
        }
        Write(Table(rows, fields));
        return 0;
    }

    public static void Write(Table table)
    {
        // What reads a pipe must not find cells cut to a width that nobody sees.
        if (Console.IsOutputRedirected) AnsiConsole.Profile.Width = 400;
        AnsiConsole.Write(table);
    }

    /// <summary>With these fields as columns.</summary>
    public static Table Table(IEnumerable<JsonElement> rows, params string[] fields)
    {
        var table = new Table { Border = TableBorder.Minimal };
        foreach (var field in fields) table.AddColumn(new TableColumn(Title(field)) { NoWrap = true });
        foreach (var row in rows) table.AddRow([.. fields.Select(field => Markup.Escape(Cell(row, field)))]);
        return table;
    }

    private static string Title(string path) => path[(path.LastIndexOf('.') + 1)..].Replace('_', ' ');

    /// <summary>The field by its path, such as <c>balance.credit</c>; empty when it is not there.</summary>
    private static string Cell(JsonElement row, string path)
    {
        foreach (var name in path.Split('.'))
            if (!row.TryGetProperty(name, out row)) return "";
        return row.ValueKind switch
        {
            JsonValueKind.Object => string.Join(", ", row.EnumerateObject().Select(part => $"{part.Name}: {part.Value}")),
            JsonValueKind.Array => string.Join(", ", row.EnumerateArray()),
            JsonValueKind.String when row.TryGetDateTimeOffset(out var time) => $"{time.UtcDateTime:yyyy-MM-dd HH:mm}Z",
            JsonValueKind.True => "yes",
            JsonValueKind.False => "no",
            _ => row.ToString(),
        };
    }
}
