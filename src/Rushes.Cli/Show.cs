using System.CommandLine;
using System.Text.Json;
using System.Text.Json.Serialization;
using Spectre.Console;

namespace Rushes.Cli;

/// <summary>Prints responses of the gateway: as a table, or with <c>--json</c> as JSON.</summary>
internal static class Show
{
    public static readonly Option<bool> Json = new("--json") { Description = "Print JSON.", Recursive = true };

    private static readonly JsonSerializerOptions Indented = new()
    {
        WriteIndented = true, Encoder = System.Text.Encodings.Web.JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
    };

    private static readonly JsonSerializerOptions Compact = new()
    {
        PropertyNamingPolicy = JsonNamingPolicy.SnakeCaseLower, DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull,
        Encoder = System.Text.Encodings.Web.JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
    };

    /// <summary>A value as JSON, with the names of the API.</summary>
    public static JsonElement Element<T>(T value) => JsonSerializer.SerializeToElement(value, Compact);

    /// <summary>Prints one line of text, or with <c>--json</c> the object.</summary>
    public static int Fact(ParseResult parsed, string words, object answer)
    {
        if (parsed.GetValue(Json)) Console.WriteLine(JsonSerializer.Serialize(Element(answer), Indented));
        else Console.WriteLine(words);
        return Exits.Done;
    }

    /// <summary>Prints one line of JSON.</summary>
    public static void Line(object answer) => Console.WriteLine(JsonSerializer.Serialize(answer, Compact));

    /// <summary>Prints rows as a table with these fields as columns, or with <c>--json</c> the whole response.</summary>
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
        // Without a terminal, cells are not cut.
        if (Console.IsOutputRedirected) AnsiConsole.Profile.Width = 400;
        AnsiConsole.Write(table);
    }

    /// <summary>A table with these fields as columns.</summary>
    public static Table Table(IEnumerable<JsonElement> rows, params string[] fields)
    {
        var table = new Table { Border = TableBorder.Minimal };
        foreach (var field in fields) table.AddColumn(new TableColumn(Title(field)) { NoWrap = true });
        foreach (var row in rows) table.AddRow([.. fields.Select(field => Markup.Escape(Cell(row, field)))]);
        return table;
    }

    private static string Title(string path) => path[(path.LastIndexOf('.') + 1)..].Replace('_', ' ');

    /// <summary>The field at a path such as <c>balance.credit</c>; empty if it is missing.</summary>
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
