using System.Globalization;
using System.Text;

namespace Rushes.Server.Admin;

/// <summary>A statement as comma-separated values (RFC 4180).</summary>
internal static class Csv
{
    public static async Task WriteAsync(Stream output, IAsyncEnumerable<StatementLine> lines, CancellationToken cancel)
    {
        await using var writer = new StreamWriter(
            output, new UTF8Encoding(encoderShouldEmitUTF8Identifier: false), leaveOpen: true) { NewLine = "\r\n" };
        await writer.WriteLineAsync("entry,at,kind,book,amount,currency,job,note");
        await foreach (var line in lines.WithCancellation(cancel))
            await writer.WriteLineAsync(string.Create(CultureInfo.InvariantCulture,
                $"{line.Entry},{line.At:O},{line.Kind},{line.LedgerAccount},"
                + $"{line.Amount:0.00####},{line.Currency},{line.Job},{Quoted(line.Note)}"));
    }

    private static string? Quoted(string? text)
    {
        if (string.IsNullOrEmpty(text)) return text;
        // Spreadsheets would evaluate text that starts like this as a formula.
        if (text[0] is '=' or '+' or '-' or '@') text = "'" + text;
        return text.AsSpan().IndexOfAny(",\"\r\n") < 0 ? text : $"\"{text.Replace("\"", "\"\"", StringComparison.Ordinal)}\"";
    }
}
