namespace Rushes.Server.Metrics;

/// <summary>What tells the values of one name apart.</summary>
internal sealed class Labels(params (string Name, string Value)[] pairs)
{
    public static readonly Labels None = new();

    /// <summary>As Prometheus reads them; the same labels are the same text.</summary>
    public string Text { get; } = string.Join(',', pairs.Select(pair => Exposition.Label(pair.Name, pair.Value)));

    /// <summary>As meters take them.</summary>
    public KeyValuePair<string, object?>[] Tags { get; } = [.. pairs.Select(pair => KeyValuePair.Create(pair.Name, (object?)pair.Value))];
}
