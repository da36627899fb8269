using System.Text.Json;
using Rushes.Database;
using Rushes.Jobs;
using Rushes.Server.Http;
using Rushes.Webhooks;

namespace Rushes.Server.Dialects.Kie;

/// <summary>kie's callback: the task's record, with kie's signature.</summary>
internal sealed class KieWebhook(KieMap map, Signatures signatures, Origin origin, TimeProvider clock) : IWebhookForm
{
    public string Dialect => KieMap.Dialect;

    public ValueTask<WebhookMessage> WriteAsync(Job job, Delivery delivery, CancellationToken cancel)
    {
        var record = map.Record(job, origin.Own);
        var headers = signatures.Kie(job.Account, record.Data!.TaskId, clock.GetUtcNow());
        return ValueTask.FromResult(
            new WebhookMessage(JsonSerializer.SerializeToUtf8Bytes(record, KieWire.Json.Record)) { Headers = headers });
    }
}
