namespace Rushes.Server.Metrics;

/// <summary>What distinguishes the values of one metric.</summary>
internal sealed class Labels(params (string Name, string Value)[] pairs)
{
    public static readonly Labels None = new();

    /// <summary>Equal for equal labels.</summary>
    public string Text { get; } = string.Join('\n', pairs.Select(pair => $"{pair.Name}={pair.Value}"));

    public KeyValuePair<string, object?>[] Tags { get; } = [.. pairs.Select(pair => KeyValuePair.Create(pair.Name, (object?)pair.Value))];
}
