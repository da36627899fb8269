namespace Rushes.Catalog;

/// <summary>A LoRA that the operator offers: a small file that changes a model's style or motion.</summary>
/// <param name="FileNames">Names in the engine's folder for LoRAs: one for each part of the model, or one for all.</param>
/// <param name="PriceFactor">How much the LoRA multiplies the price, at least 1.</param>
public sealed record Lora(
    string Name, IReadOnlyList<string> FileNames, double MinStrength, double MaxStrength, double DefaultStrength,
    decimal PriceFactor)
{
    /// <summary>The request fields for the name and the strength.</summary>
    public const string NameField = "lora", StrengthField = "lora_strength";

    /// <summary>The file for a part of the model, counted from 0.</summary>
    public string FileOf(int part) => FileNames[Math.Min(part, FileNames.Count - 1)];
}
