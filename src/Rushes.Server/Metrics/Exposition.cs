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

    public void Sample(string name, Labels labels, double value) => Sample(name, labels.Text, value);

    /// <summary>Of a histogram: how many values were at most <paramref name="bound"/>.</summary>
    public void Bucket(string name, Labels labels, double bound, long count) =>
        Sample($"{name}_bucket", $"{labels.Text}{(labels.Text.Length > 0 ? "," : "")}le=\"{(double.IsPositiveInfinity(bound) ? "+Inf" : Number(bound))}\"", count);

    public static string Label(string name, string value) =>
        $"{name}=\"{value.Replace("\\", "\\\\", StringComparison.Ordinal).Replace("\"", "\\\"", StringComparison.Ordinal).Replace("\n", "\\n", StringComparison.Ordinal)}\"";

    public override string ToString() => text.ToString();

    private static string Number(double value) => value.ToString("R", CultureInfo.InvariantCulture);

    private void Sample(string name, string labels, double value)
    {
        text.Append(name);
        if (labels.Length > 0) text.Append('{').Append(labels).Append('}');
        text.Append(' ').Append(Number(value)).Append('\n');
    }
}
