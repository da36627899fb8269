using Rushes.Database;
using Rushes.Jobs;

namespace Rushes.Webhooks;

/// <summary>
/// How one dialect tells the end of a job. Written anew for each try, so that links in it are fresh and nothing is stored.
/// It does not know when, how often or with what success it is sent.
/// </summary>
public interface IWebhookForm
{
    /// <summary>The <see cref="Job.Dialect"/> it speaks.</summary>
    string Dialect { get; }

    /// <param name="job">Finished.</param>
    ValueTask<WebhookMessage> WriteAsync(Job job, Delivery delivery, CancellationToken cancel);
}

/// <param name="Body">JSON in UTF-8.</param>
/// <param name="Headers">The dialect's own, such as its signature; Standard Webhooks' are added to them.</param>
public sealed record WebhookMessage(byte[] Body, IReadOnlyDictionary<string, string> Headers);
