using Rushes.Database;
using Rushes.Jobs;

namespace Rushes.Webhooks;

/// <summary>
/// The webhook format of a dialect. The message is written again for each attempt, so that its URLs are fresh.
/// </summary>
public interface IWebhookForm
{
    /// <summary>The <see cref="JobSpec.Dialect"/> of its jobs.</summary>
    string Dialect { get; }

    /// <param name="job">A finished job.</param>
    ValueTask<WebhookMessage> WriteAsync(Job job, Delivery delivery, CancellationToken cancel);
}

/// <param name="Body">JSON in UTF-8.</param>
/// <param name="Headers">The dialect's own headers, such as its signature, in addition to those of Standard Webhooks.</param>
public sealed record WebhookMessage(byte[] Body, IReadOnlyDictionary<string, string> Headers);
