using System.Globalization;
using System.Text;

namespace Rushes.Draft;

/// <summary>
/// A libass script: vector shapes and text in pixels of the frame. Text from clients enters a draft only here, because libass
/// has fallback fonts, shaping and bidirectional text, and no path or filter syntax.
/// </summary>
internal sealed class AssScript(int width, int height)
{
    private const double Forever = 36_000;
    private readonly StringBuilder events = new();

    /// <summary>
    /// A filled shape in eighths of a pixel (see <see cref="Outline"/>), drawn at the position in the tags.
    /// </summary>
    public void Shape(int layer, string tags, string outline, double from = 0, double to = Forever) =>
        Event(layer, from, to, $"{{\\an7{tags}\\p4}}{outline}");

    /// <summary>Text; <paramref name="text"/> must be <see cref="Escape"/>d, with line breaks as <c>\N</c>.</summary>
    public void Text(int layer, string tags, string text, double from = 0, double to = Forever) =>
        Event(layer, from, to, $"{{{tags}}}{text}");

    public Task SaveAsync(string path, CancellationToken cancel) => File.WriteAllTextAsync(path, Header() + events, cancel);

    /// <summary>Escapes text so that libass shows it literally, without override blocks and escape sequences.</summary>
    public static string Escape(string text)
    {
        var safe = new StringBuilder(text.Length + 16);
        foreach (var c in text)
            _ = c switch
            {
                // A backslash followed by a word joiner, which is invisible, is not an escape sequence.
                '\\' => safe.Append("\\\u2060"),
                '{' or '}' => safe.Append('\\').Append(c),
                _ when char.IsControl(c) => safe.Append(' '),
                _ => safe.Append(c),
            };
        return safe.ToString();
    }

    public static string Number(double value) => value.ToString("0.##", CultureInfo.InvariantCulture);

    private void Event(int layer, double from, double to, string text) =>
        events.Append(CultureInfo.InvariantCulture, $"Dialogue: {layer},{Time(from)},{Time(to)},Draft,,0,0,0,,")
            .Append(text)
            .Append('\n');

    private static string Time(double seconds)
    {
        var hundredths = (long)Math.Round(Math.Max(0, seconds) * 100);
        return string.Create(CultureInfo.InvariantCulture,
            $"{hundredths / 360_000}:{hundredths / 6000 % 60:00}:{hundredths / 100 % 60:00}.{hundredths % 100:00}");
    }

    private string Header() => string.Create(CultureInfo.InvariantCulture, $"""
        [Script Info]
        ScriptType: v4.00+
        PlayResX: {width}
        PlayResY: {height}
        WrapStyle: 2
        ScaledBorderAndShadow: yes
        YCbCr Matrix: None

        [V4+ Styles]
        Format: Name, Fontname, Fontsize, PrimaryColour, OutlineColour, BackColour, BorderStyle, Outline, Alignment, Encoding
        Style: Draft,Noto Sans,24,&H00FFFFFF,&H00000000,&H00000000,1,0,7,-1

        [Events]
        Format: Layer, Start, End, Style, Name, MarginL, MarginR, MarginV, Effect, Text

        """);
}
