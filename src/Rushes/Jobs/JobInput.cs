using System.Text.Json;

namespace Rushes.Jobs;

/// <summary>A job's input object, read by name. Fields that no one here knows stay in <see cref="All"/> for the engine.</summary>
public sealed class JobInput(JsonElement all)
{
    public static JobInput Parse(string json)
    {
        using var document = JsonDocument.Parse(json);
        return new JobInput(document.RootElement.Clone());
    }

    public JsonElement All => all;

    public string Prompt => Text("prompt") ?? "";

    public string NegativePrompt => Text("negative_prompt") ?? "";

    public long Seed => all.TryGetProperty("seed", out var seed) && seed.TryGetInt64(out var value) ? value : 0;

    public bool BackgroundMusic => Flag("background_music");

    public bool HigherQuality => Flag("higher_quality_with_more_steps");

    public string? Text(string name) =>
        all.TryGetProperty(name, out var value) && value.ValueKind == JsonValueKind.String ? value.GetString() : null;

    public bool Flag(string name) => all.TryGetProperty(name, out var value) && value.ValueKind == JsonValueKind.True;

    public double? Number(string name) =>
        all.TryGetProperty(name, out var value) && value.ValueKind == JsonValueKind.Number ? value.GetDouble() : null;
}
