using System.Text.Json.Nodes;

namespace Rushes.Client;

/// <summary>
/// A video to be made: <see cref="TextToVideo"/>, <see cref="ImageToVideo"/>, <see cref="SpeechToVideo"/> or <see cref="Foley"/>.
/// What is left null is the gateway's to choose; what it does not allow, it refuses with <see cref="RushesException.Field"/>.
/// </summary>
public abstract record VideoRequest
{
    private protected VideoRequest(string model) => Model = model;

    /// <summary>The model's id. Those of a higher tier, such as <c>wan22-fast-t2v-pro</c>, go first in the queue.</summary>
    public string Model { get; init; }

    /// <summary>What the video should not show.</summary>
    public string? NegativePrompt { get; init; }

    /// <summary>The video's length.</summary>
    public TimeSpan? Duration { get; init; }

    /// <summary>The same seed gives the same video; null picks one.</summary>
    public long? Seed { get; init; }

    /// <summary>Bigger goes first within the tier; 0 if null.</summary>
    public int? Priority { get; init; }

    /// <summary>Scales the finished video: its shorter side in pixels, 240 to 2160.</summary>
    public int? NewResolution { get; init; }

    /// <summary>Slower and better.</summary>
    public bool? HigherQuality { get; init; }

    /// <summary>The given height is the shorter side, not the height.</summary>
    public bool? UseBestResolution { get; init; }

    /// <summary>Whether a quick draft comes first; null leaves that to the account's plan.</summary>
    public DraftWish? Draft { get; init; }

    /// <summary>False asks not to be checked; an account's plan may check all the same.</summary>
    public bool? SafetyChecker { get; init; }

    /// <summary>Where the end of the job is told; see <see cref="WebhookReceiver"/>.</summary>
    public Uri? Webhook { get; init; }

    /// <summary>Fields of a model of the operator's own, as the API spells them.</summary>
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
        fields.Add("enable_safety_checker", SafetyChecker);
        fields.Add("webhook_url", Webhook?.AbsoluteUri);
        if (Draft is DraftWish.Approve) fields.Add("draft", "approve");
        else fields.Add("draft", Draft switch { DraftWish.First => true, DraftWish.None => false, _ => (bool?)null });
        foreach (var (name, value) in More ?? []) fields.Add(name, value);
    }

    private protected abstract void WriteOwn(RequestFields fields);
}

/// <summary>A quick draft of the same size, length and sound, before the video.</summary>
public enum DraftWish
{
    /// <summary>No draft.</summary>
    None,

    /// <summary>A draft comes while the video waits: <see cref="JobStatus.DraftUrl"/>.</summary>
    First,

    /// <summary>The job enters the queue once its draft is approved: <see cref="RushesClient.ApproveAsync"/>.</summary>
    Approve,
}
