using System.Text.Json;
using Rushes.Database;
using Rushes.Intake;
using Rushes.Jobs;
using Rushes.Server.Http;
using Rushes.Webhooks;

namespace Rushes.Server.Dialects.OpenRouter;

/// <summary>OpenRouter's event when a job ends, with its own signature and that of Standard Webhooks.</summary>
internal sealed class OpenRouterWebhook(OpenRouterMap map, Origin origin, Signatures signatures, TimeProvider clock)
    : IWebhookForm
{
    public string Dialect => OpenRouterModelList.Dialect;

    public ValueTask<WebhookMessage> WriteAsync(Job job, Delivery delivery, CancellationToken cancel)
    {
        var video = map.Video(JobView.Of(job), origin.Own);
        var body = JsonSerializer.SerializeToUtf8Bytes(
            new OpenRouterEvent($"video.generation.{video.Status}", job.EndedAt ?? job.CreatedAt, video),
            OpenRouterWire.Json.OpenRouterEvent);
        var headers = signatures.OpenRouter(job.Account, clock.GetUtcNow(), body);
        headers["X-OpenRouter-Idempotency-Key"] = $"{video.Id}-{video.Status}";
        return ValueTask.FromResult(new WebhookMessage(body) { Headers = headers });
    }
}
