using System.Globalization;
using System.Text.Json;
using Rushes.Catalog;
using Rushes.Database;
using Rushes.Files;
using Rushes.Intake;
using Rushes.Jobs;
using Rushes.Retention;
using Rushes.Server.Http;
using Rushes.Server.JobResponses;
using Rushes.Webhooks;

namespace Rushes.Server.Dialects.Queue;

/// <summary>The queue API's webhook: the final status, with a download URL of the video.</summary>
internal sealed class QueueWebhook(ModelCatalog catalog, IFileStore files, ResultLinks links, Origin origin, KeepRules keep)
    : IWebhookForm
{
    private static readonly TimeSpan LinkLife = TimeSpan.FromDays(1);

    public string Dialect => "queue";

    public ValueTask<WebhookMessage> WriteAsync(Job job, Delivery delivery, CancellationToken cancel)
    {
        var id = job.Id.ToString(CultureInfo.InvariantCulture);
        var model = catalog.Find(job.Model)?.Id ?? job.Model;
        var status = QueueMap.Status(
            JobView.Of(job), QueueMap.ResponseUrl(origin.Own, model, id), files.Bucket, links.ToDraft(job.Draft, origin.Own),
            keep);
        var link = job.ResultKey is { } key
            ? files.Presign(HttpMethods.Get, key, LinkLife, new Uri(origin.Own)).AbsoluteUri
            : null;
        var callback = new QueueCallback(
            id, status.Status, status.StatusMessages, status.ErrorCode, status.ResponseUrl,
            link is null ? null : new QueueLink(link, link), status.DraftUrl);
        return ValueTask.FromResult(
            new WebhookMessage(JsonSerializer.SerializeToUtf8Bytes(callback, QueueWire.Json.QueueCallback)));
    }
}
