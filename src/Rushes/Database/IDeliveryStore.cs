namespace Rushes.Database;

/// <summary>Webhook deliveries. They are made in the commit that ends a job.</summary>
public interface IDeliveryStore
{
    /// <summary>Takes deliveries that are due now: bounded for each host, so that none fills the whole answer.</summary>
    Task<DueDeliveries> TakeDueDeliveriesAsync(DeliveryClaim claim, CancellationToken cancel);

    /// <summary>
    /// Logs a try of a pending delivery and moves it on. False: that number was logged before, nothing was changed.
    /// </summary>
    /// <param name="nextAt">When it is due again; given with <see cref="DeliveryState.Pending"/>, and only then.</param>
    Task<bool> RecordTryAsync(
        long delivery, DeliveryTry made, DeliveryState next, DateTimeOffset? nextAt, CancellationToken cancel);

    /// <summary>The deliveries of a job to its owner; empty for anyone else.</summary>
    Task<IReadOnlyList<DeliveryLog>> ReadDeliveriesAsync(long job, int account, CancellationToken cancel);

    /// <summary>
    /// Begins a new run of tries, due at once, whatever became of the last. False: no such delivery of this account.
    /// </summary>
    Task<bool> RedeliverAsync(long delivery, int account, CancellationToken cancel);
}
