using System.Text.Json;
using Rushes.Database;
using Rushes.Intake;
using Rushes.Jobs;
using Rushes.Server.Http;
using Rushes.Server.JobResponses;
using Rushes.Webhooks;

namespace Rushes.Server.Dialects.Replicate;

/// <summary>Replicate's webhook: the prediction as it is then, with the signature of Standard Webhooks.</summary>
internal sealed class ReplicateWebhook(ReplicateMap map, Origin origin) : IWebhookForm
{
    private const string Field = "webhook", Filter = "webhook_events_filter";

    private static readonly Dictionary<string, WebhookEvents> Events = new(StringComparer.Ordinal)
    {
        ["start"] = WebhookEvents.Start,
        ["output"] = WebhookEvents.Output,
        ["logs"] = WebhookEvents.Progress,
        ["completed"] = WebhookEvents.End,
    };

    public string Dialect => ReplicateModels.Dialect;

    /// <summary>Reads the webhook of a create request. Without a filter all events are sent.</summary>
    /// <returns>Null if it is valid.</returns>
    public static Problem? Read(JsonElement sent, out Callback? callback)
    {
        callback = null;
        var wanted = WebhookEvents.None;
        if (!sent.TryGetProperty(Filter, out var filter) || filter.ValueKind == JsonValueKind.Null)
            wanted = Events.Values.Aggregate((some, each) => some | each);
        else if (filter.ValueKind != JsonValueKind.Array || !filter.EnumerateArray().All(IsEvent))
            return Problem.BadField(Filter, $"must be a list of {string.Join(", ", Events.Keys)}");
        else wanted = filter.EnumerateArray().Aggregate(wanted, (some, each) => some | Events[each.GetString()!]);
        if (wanted != WebhookEvents.None) callback = Callback.Of(sent, Field);
        if (callback is not null) callback = callback with { Events = wanted };
        return null;
    }

    public ValueTask<WebhookMessage> WriteAsync(Job job, Delivery delivery, CancellationToken cancel)
    {
        var prediction = map.Prediction(new ShownJob(job, JobView.Of(job)), origin.Own);
        return ValueTask.FromResult(new WebhookMessage(
            JsonSerializer.SerializeToUtf8Bytes(prediction, ReplicateWire.Json.ReplicatePrediction)));
    }

    private static bool IsEvent(JsonElement value) =>
        value.ValueKind == JsonValueKind.String && Events.ContainsKey(value.GetString()!);
}
