using System.Globalization;
using System.Text;

namespace Rushes.Server.Metrics;

/// <summary>Prometheus' text format, version 0.0.4.</summary>
internal sealed class Exposition
{
    public const string ContentType = "text/plain; version=0.0.4; charset=utf-8";

    private readonly StringBuilder text = new(16 << 10);

    /// <summary>Of the samples that follow.</summary>
    public void Begin(string name, string type, string help) => text.Append($"# HELP {name} {help}\n# TYPE {name} {type}\n");

    /// <param name="labels">From <see cref="Label"/>, with commas between; empty for none.</param>
    public void Sample(string name, string labels, double value)
    {
        text.Append(name);
        if (labels.Length > 0) text.Append('{').Append(labels).Append('}');
        text.Append(' ').Append(Number(value)).Append('\n');
    }

    public static string Label(string name, string value) =>
        $"{name}=\"{value.Replace("\\", "\\\\", StringComparison.Ordinal).Replace("\"", "\\\"", StringComparison.Ordinal).Replace("\n", "\\n", StringComparison.Ordinal)}\"";

    public static string Number(double value) => value.ToString("R", CultureInfo.InvariantCulture);

    public override string ToString() => text.ToString();
}
