using System.Text.Json;
using System.Text.RegularExpressions;

namespace Rushes.Jobs;

/// <summary>A job's input object, read by field name. Unknown fields stay in <see cref="All"/> for the engine.</summary>
public sealed partial class JobInput(JsonElement all)
{
    /// <summary>The fields for the number of steps.</summary>
    public const string Steps = "num_inference_steps", MoreSteps = "higher_quality_with_more_steps";

    public static JobInput Parse(string json) => new(JsonElement.Parse(json));

    public JsonElement All => all;

    public string Prompt => Text("prompt") ?? "";

    /// <summary>The start of the prompt, for lists.</summary>
    public string PromptStart => Excerpt.Of(Prompt, 240, "…");

    public string NegativePrompt => Text("negative_prompt") ?? "";

    public long Seed => all.TryGetProperty("seed", out var seed) && seed.TryGetInt64(out var value) ? value : 0;

    public bool BackgroundMusic => Flag("background_music");

    public bool HigherQuality => Flag(MoreSteps);

    public string? Text(string name) =>
        all.TryGetProperty(name, out var value) && value.ValueKind == JsonValueKind.String ? TextOf(value) : null;

    public bool Flag(string name) => all.TryGetProperty(name, out var value) && value.ValueKind == JsonValueKind.True;

    public double? Number(string name) =>
        all.TryGetProperty(name, out var value) && value.ValueKind == JsonValueKind.Number ? value.GetDouble() : null;

    /// <summary>
    /// JSON may contain half of an escaped surrogate pair, which cannot be read as a string; it becomes U+FFFD.
    /// </summary>
    internal static string? TextOf(JsonElement value)
    {
        try
        {
            return value.GetString();
        }
        catch (InvalidOperationException)
        {
            var whole = Escapes().Replace(
                value.GetRawText(),
                escape =>
                    escape.Length == 6 && escape.Value[2] is 'd' or 'D' && escape.Value[3] > '7' ? @"\ufffd" : escape.Value);
            using var document = JsonDocument.Parse(whole);
            return document.RootElement.GetString();
        }
    }

    [GeneratedRegex(@"\\(u[dD][89abAB]..\\u[dD][c-fC-F]..|u....|.)")]
    private static partial Regex Escapes();
}
