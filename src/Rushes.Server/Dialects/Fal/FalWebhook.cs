using System.Text.Json;
using Rushes.Database;
using Rushes.Intake;
using Rushes.Jobs;
using Rushes.Server.Http;
using Rushes.Webhooks;

namespace Rushes.Server.Dialects.Fal;

/// <summary>fal's webhook body, signed with the key whose public part is at <c>/.well-known/jwks.json</c>.</summary>
internal sealed class FalWebhook(
    FalResults results, JobIds ids, Signatures signatures, Origin origin, TimeProvider clock) : IWebhookForm
{
    public string Dialect => FalApps.Dialect;

    public ValueTask<WebhookMessage> WriteAsync(Job job, Delivery delivery, CancellationToken cancel)
    {
        var id = ids.ToUuid(job.Id);
        var body = Write(JobView.Of(job), id);
        return ValueTask.FromResult(
            new WebhookMessage(body) { Headers = signatures.Fal.Headers(id, $"a{job.Account}", clock.GetUtcNow(), body) });
    }

    private byte[] Write(JobView job, string id) => (job, FalFailure.Of(job)) switch
    {
        (JobView.Completed done, _) => JsonSerializer.SerializeToUtf8Bytes(
            new FalCallback<FalResult>(id, id, "OK", results.Of(done, origin.Own), null), FalWire.Json.DoneCallback),
        (_, { IsInput: true } rejected) => JsonSerializer.SerializeToUtf8Bytes(
            new FalCallback<FalFieldErrors>(id, id, "ERROR", FalErrors.InputAtFault(rejected), rejected.Message),
            FalWire.Json.RejectedCallback),
        (_, { } failed) => JsonSerializer.SerializeToUtf8Bytes(
            new FalCallback<FalError>(id, id, "ERROR", new FalError(failed.Message, failed.Type), failed.Message),
            FalWire.Json.FailedCallback),
        _ => throw new InvalidOperationException($"job {job.Id} has not ended"),
    };
}
