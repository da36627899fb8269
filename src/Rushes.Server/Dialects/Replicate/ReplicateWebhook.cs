using System.Text.Json;
using Rushes.Database;
using Rushes.Intake;
using Rushes.Jobs;
using Rushes.Server.Http;
using Rushes.Webhooks;

namespace Rushes.Server.Dialects.Replicate;

/// <summary>Replicate's webhook: the prediction when it has ended, with the signature of Standard Webhooks.</summary>
internal sealed class ReplicateWebhook(ReplicateMap map, Origin origin) : IWebhookForm
{
    private const string Field = "webhook", Filter = "webhook_events_filter", Completed = "completed";

    private static readonly string[] Events = ["start", "output", "logs", Completed];

    private static readonly IReadOnlyDictionary<string, string> NoHeaders = new Dictionary<string, string>();

    public string Dialect => ReplicateModels.Dialect;

    /// <summary>Reads the webhook of a create request. Of the events only <c>completed</c> is sent.</summary>
    /// <returns>Null if it is valid.</returns>
    public static Problem? Read(JsonElement sent, out Callback? callback)
    {
        callback = sent.TryGetProperty(Field, out var url) && url.ValueKind != JsonValueKind.Null
            ? new Callback(Field, url.ToString())
            : null;
        if (!sent.TryGetProperty(Filter, out var filter) || filter.ValueKind == JsonValueKind.Null) return null;
        if (filter.ValueKind != JsonValueKind.Array || !filter.EnumerateArray().All(IsEvent))
            return Problem.BadField(Filter, $"must be a list of {string.Join(", ", Events)}");
        return callback is null || filter.EnumerateArray().Any(each => each.ValueEquals(Completed))
            ? null
            : Problem.BadField(Filter, "has no event that is sent; add completed");
    }

    public ValueTask<WebhookMessage> WriteAsync(Job job, Delivery delivery, CancellationToken cancel)
    {
        var prediction = map.Prediction(job, JobView.Of(job), origin.Own);
        return ValueTask.FromResult(new WebhookMessage(
            JsonSerializer.SerializeToUtf8Bytes(prediction, ReplicateWire.Json.ReplicatePrediction), NoHeaders));
    }

    private static bool IsEvent(JsonElement value) =>
        value.ValueKind == JsonValueKind.String && Events.Contains(value.GetString());
}
