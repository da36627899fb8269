using System.Text.Json.Nodes;

namespace Rushes.Client;

/// <summary>
/// The input of a job: <see cref="TextToVideo"/>, <see cref="ImageToVideo"/>, <see cref="SpeechToVideo"/>,
/// <see cref="VideoToVideo"/>, <see cref="ExtendVideo"/>, <see cref="UpscaleVideo"/> or <see cref="Foley"/>.
/// Null fields get the model's defaults. Invalid fields cause an error with <see cref="RushesException.Field"/>.
/// </summary>
public abstract record VideoRequest
{
    private protected VideoRequest(string model) => Model = model;

    /// <summary>The model's id. Jobs of a higher tier, such as <c>wan22-fast-t2v-pro</c>, start first.</summary>
    public string Model { get; init; }

    /// <summary>What the video should not show.</summary>
    public string? NegativePrompt { get; init; }

    /// <summary>The length.</summary>
    public TimeSpan? Duration { get; init; }

    /// <summary>The same seed gives the same video; null for a random seed.</summary>
    public long? Seed { get; init; }

    /// <summary>Jobs with a higher priority start first within their tier; default 0.</summary>
    public int? Priority { get; init; }

    /// <summary>Scales the finished video so that its shorter side has this many pixels, 240 to 2160.</summary>
    public int? NewResolution { get; init; }

    /// <summary>Better quality, but slower.</summary>
    public bool? HigherQuality { get; init; }

    /// <summary>A LoRA of the operator: a style or motion that is added to the model.</summary>
    public string? Lora { get; init; }

    /// <summary>How strongly the LoRA is applied; null for its default.</summary>
    public double? LoraStrength { get; init; }

    /// <summary>False: no sound, with models that make videos with sound.</summary>
    public bool? GenerateAudio { get; init; }

    /// <summary>The height sets the shorter side.</summary>
    public bool? UseBestResolution { get; init; }

    /// <summary>Whether to make a draft first; null for the default of the account's plan.</summary>
    public DraftMode? Draft { get; init; }

    /// <summary>False disables the safety checker, unless the account's plan requires it.</summary>
    public bool? SafetyChecker { get; init; }

    /// <summary>The URL that receives a webhook when the job ends; see <see cref="WebhookReceiver"/>.</summary>
    public Uri? Webhook { get; init; }

    /// <summary>The job fails if it has not ended within this time, counted from its creation; whole seconds.</summary>
    public TimeSpan? JobTimeout { get; init; }

    /// <summary>Additional fields of a custom model, by their names in the API.</summary>
    public JsonObject? More { get; init; }

    internal void Write(RequestFields fields)
    {
        WriteOwn(fields);
        fields.Add("negative_prompt", NegativePrompt);
        fields.Add("duration", Duration?.TotalSeconds);
        fields.Add("seed", Seed);
        fields.Add("priority", Priority);
        fields.Add("new_resolution", NewResolution);
        fields.Add("higher_quality_with_more_steps", HigherQuality);
        fields.Add("use_best_resolution", UseBestResolution);
        fields.Add("lora", Lora);
        fields.Add("lora_strength", LoraStrength);
        fields.Add("generate_audio", GenerateAudio);
        fields.Add("enable_safety_checker", SafetyChecker);
        fields.Add("webhook_url", Webhook?.AbsoluteUri);
        if (Draft is DraftMode.Approve) fields.Add("draft", "approve");
        else fields.Add("draft", Draft switch { DraftMode.First => true, DraftMode.None => false, _ => (bool?)null });
        foreach (var (name, value) in More ?? []) fields.Add(name, value);
    }

    private protected abstract void WriteOwn(RequestFields fields);
}

/// <summary>Whether to make a quick draft with the same size, length and audio before the video.</summary>
public enum DraftMode
{
    /// <summary>No draft.</summary>
    None,

    /// <summary>Make a draft while the job waits: <see cref="JobStatus.DraftUrl"/>.</summary>
    First,

    /// <summary>Queue the job only after its draft is approved: <see cref="RushesClient.ApproveAsync"/>.</summary>
    Approve,
}
