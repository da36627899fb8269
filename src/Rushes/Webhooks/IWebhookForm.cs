using System.Collections.ObjectModel;
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

    /// <param name="job">It has ended, unless the dialect lets clients choose other events.</param>
    ValueTask<WebhookMessage> WriteAsync(Job job, Delivery delivery, CancellationToken cancel);
}

/// <param name="Body">JSON in UTF-8.</param>
public sealed record WebhookMessage(byte[] Body)
{
    /// <summary>The dialect's own headers, such as its signature, in addition to those of Standard Webhooks.</summary>
    public IReadOnlyDictionary<string, string> Headers { get; init; } = ReadOnlyDictionary<string, string>.Empty;
}
