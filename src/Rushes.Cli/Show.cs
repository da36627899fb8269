using System.CommandLine;
using System.Text.Json;
using System.Text.Json.Serialization;
using Spectre.Console;
using Spectre.Console.Rendering;

namespace Rushes.Cli;

/// <summary>Prints responses of the gateway: as a table, or with <c>--json</c> as JSON.</summary>
internal static class Show
{
    public static readonly Option<bool> Json = new("--json") { Description = "Print JSON.", Recursive = true };

    public const int WidthWithoutTerminal = 1000;

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

    /// <summary>Prints one object as a table with these fields as columns, or with <c>--json</c> the object.</summary>
    public static int One(ParseResult parsed, JsonElement answer, params string[] fields)
    {
        if (parsed.GetValue(Json)) Console.WriteLine(JsonSerializer.Serialize(answer, Indented));
        else Write(JsonTable.Of([answer], fields));
        return Exits.Done;
    }

    /// <summary>
    /// Prints a list as a table with these fields as columns, or with <c>--json</c> as <c>{"items": [...], "next"}</c>.
    /// </summary>
    /// <param name="rows">The rows of the table, if they are not the items.</param>
    public static int List(
        ParseResult parsed, IEnumerable<JsonElement> items, string[] fields, IEnumerable<JsonElement>? rows = null,
        string? next = null)
    {
        if (!parsed.GetValue(Json)) Write(JsonTable.Of(rows ?? items, fields));
        else Console.WriteLine(JsonSerializer.Serialize(Element(new { items, next }), Indented));
        return Exits.Done;
    }

    public static void Write(IRenderable table)
    {
        // Without a terminal, lines are not wrapped.
        if (Console.IsOutputRedirected) AnsiConsole.Profile.Width = WidthWithoutTerminal;
        AnsiConsole.Write(table);
    }
}
