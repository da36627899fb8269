using System.Text.Json;
using System.Text.Json.Serialization;
using Rushes.Intake;
using Rushes.Server.Http;

namespace Rushes.Server.JobResponses;

/// <summary>The response to a create call with <c>?dry_run=true</c>, in every dialect.</summary>
internal sealed record DryRunAnswer
{
    [JsonPropertyName("dry_run")]
    public bool IsDryRun { get; } = true;

    [JsonPropertyName("model")]
    public required string Model { get; init; }

    [JsonPropertyName("input")]
    public required JsonElement Input { get; init; }

    [JsonPropertyName("video")]
    public required DryRunVideo Video { get; init; }

    /// <summary>What would make the result larger now: a model, or <c>ffmpeg</c>; absent if nothing has to.</summary>
    [JsonPropertyName("upscaler")]
    public required string? Upscaler { get; init; }

    /// <summary>Null if the model has no price.</summary>
    [JsonPropertyName("price")]
    [JsonIgnore(Condition = JsonIgnoreCondition.Never)]
    public required DryRunPriceBody? Price { get; init; }

    [JsonPropertyName("queue_position")]
    public required int QueuePosition { get; init; }

    /// <summary>Seconds until the video would be ready; null if no worker can run the model now, or its lane is paused.</summary>
    [JsonPropertyName("etaSeconds")]
    [JsonIgnore(Condition = JsonIgnoreCondition.Never)]
    public required long? EtaSeconds { get; init; }

    /// <summary>Seconds of the whole run, without the wait.</summary>
    [JsonPropertyName("estimated_total_time_seconds")]
    public required long EstimatedTotalTimeSeconds { get; init; }

    /// <summary>Any value except false is a dry run, so that a typo does not cost money.</summary>
    public static bool IsAsked(HttpRequest request) =>
        request.Query.TryGetValue("dry_run", out var value) && value.ToString() is not ("false" or "0");

    /// <param name="model">The model id or alias that the client used.</param>
    public static DryRunAnswer Of(DryRun run, string model)
    {
        using var input = JsonDocument.Parse(run.Input);
        var video = run.Plan.Delivery;
        return new DryRunAnswer
        {
            Model = model,
            Input = input.RootElement.Clone(),
            Video = new DryRunVideo(
                video.Width, video.Height, video.Frames, Math.Round(video.Rate, 3), Math.Round(video.Seconds, 3)),
            Upscaler = run.Upscaler,
            Price = run.Price is { } price ? new DryRunPriceBody(price.Amount, price.Currency, price.Charged) : null,
            QueuePosition = run.Outlook.QueuePosition,
            EtaSeconds = run.Outlook.Wait is { } wait ? Seconds(wait + run.Outlook.Run) : null,
            EstimatedTotalTimeSeconds = Seconds(run.Outlook.Run),
        };
    }

    public IResult ToResult() => TypedResults.Json(this, DryRunWire.Json.DryRunAnswer);

    private static long Seconds(TimeSpan time) => (long)Math.Ceiling(time.TotalSeconds);
}

internal sealed record DryRunVideo(
    [property: JsonPropertyName("width")] int Width,
    [property: JsonPropertyName("height")] int Height,
    [property: JsonPropertyName("frames")] int Frames,
    [property: JsonPropertyName("frames_per_second")] double FramesPerSecond,
    [property: JsonPropertyName("seconds")] double Seconds);

/// <param name="Amount">In units of the currency.</param>
/// <param name="Charged">False if the account's plan is free; the price is then what other accounts pay.</param>
internal sealed record DryRunPriceBody(
    [property: JsonPropertyName("amount")] decimal Amount,
    [property: JsonPropertyName("currency")] string Currency,
    [property: JsonPropertyName("charged")] bool Charged);

[JsonSerializable(typeof(DryRunAnswer))]
internal sealed partial class DryRunJson : JsonSerializerContext;

internal static class DryRunWire
{
    public static readonly DryRunJson Json = new(WireOptions.New());
}
