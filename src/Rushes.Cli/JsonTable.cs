using System.Text.Json;
using Spectre.Console;
using Spectre.Console.Rendering;

namespace Rushes.Cli;

/// <summary>
/// JSON objects as a table that fits the terminal without cutting a value: empty columns are left out, and if the rest is too
/// wide, each object is shown as a list of its fields.
/// </summary>
internal static class JsonTable
{
    /// <summary>Left out first: jobs are listed newest first, and their details have the time.</summary>
    private const string LeastNeeded = "created";

    /// <summary>Padding and the line between two columns.</summary>
    private const int Gap = 3;

    public static IRenderable Of(IEnumerable<JsonElement> rows, params string[] fields)
    {
        var all = rows.ToList();
        var columns = fields
            .Select(field => new Column(Title(field), [.. all.Select(row => Cell(row, field))]))
            .Where(column => all.Count == 0 || column.Cells.Exists(cell => cell.Length > 0))
            .ToList();
        if (!Fits(columns)) columns.RemoveAll(column => column.Title == LeastNeeded);
        return all.Count == 0 || Fits(columns) ? Wide(columns, all.Count) : Stacked(columns, all.Count);
    }

    private static bool Fits(List<Column> columns) =>
        Console.IsOutputRedirected || columns.Sum(column => column.Width + Gap) + 1 <= AnsiConsole.Profile.Width;

    private static Table Wide(List<Column> columns, int rows)
    {
        var table = new Table { Border = TableBorder.Minimal };
        foreach (var column in columns) table.AddColumn(new TableColumn(column.Title) { NoWrap = true });
        for (var i = 0; i < rows; i++) table.AddRow([.. columns.Select(column => Markup.Escape(column.Cells[i]))]);
        return table;
    }

    private static Table Stacked(List<Column> columns, int rows)
    {
        var table = new Table { Border = TableBorder.None, ShowHeaders = false };
        table.AddColumn(new TableColumn("") { NoWrap = true });
        table.AddColumn("");
        for (var i = 0; i < rows; i++)
        {
            if (i > 0) table.AddEmptyRow();
            foreach (var column in columns.Where(column => column.Cells[i].Length > 0))
                table.AddRow(Markup.Escape(column.Title), Markup.Escape(column.Cells[i]));
        }
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

    private sealed record Column(string Title, List<string> Cells)
    {
        public int Width { get; } = Cells.Append(Title).Max(text => text.GetCellWidth());
    }
}
