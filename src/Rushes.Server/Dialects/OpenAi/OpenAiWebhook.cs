using System.Globalization;
using System.Text.Json;
using Rushes.Database;
using Rushes.Jobs;
using Rushes.Webhooks;

namespace Rushes.Server.Dialects.OpenAi;

/// <summary>OpenAI's events, with the signature of Standard Webhooks.</summary>
internal sealed class OpenAiWebhook(JobIds ids) : IWebhookForm
{
    public string Dialect => OpenAiModels.Dialect;

    public ValueTask<WebhookMessage> WriteAsync(Job job, Delivery delivery, CancellationToken cancel)
    {
        var sent = new OpenAiEvent(
            string.Create(CultureInfo.InvariantCulture, $"evt_{delivery.Id}"),
            job.State == JobState.Completed ? "video.completed" : "video.failed",
            (job.EndedAt ?? job.CreatedAt).ToUnixTimeSeconds(),
            new OpenAiEventData(ids.ToVideoId(job.Id)));
        return ValueTask.FromResult(
            new WebhookMessage(JsonSerializer.SerializeToUtf8Bytes(sent, OpenAiWire.Json.OpenAiEvent)));
    }
}
