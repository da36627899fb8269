namespace Rushes.Database;

/// <summary>Webhook deliveries. They are created in the commit of the event that they report.</summary>
public interface IDeliveryStore
{
    /// <summary>
    /// Claims deliveries that are due, in turns over accounts, and limited per host and account so that none takes all places.
    /// </summary>
    Task<DueDeliveries> TakeDueDeliveriesAsync(DeliveryClaim claim, CancellationToken cancel);

    /// <summary>
    /// Records an attempt of a pending delivery and updates its state. Returns false if that attempt was recorded before;
    /// nothing changes then.
    /// </summary>
    /// <param name="nextAt">When it is due again; only with <see cref="DeliveryState.Pending"/>.</param>
    Task<bool> RecordTryAsync(
        long delivery, DeliveryTry made, DeliveryState next, DateTimeOffset? nextAt, CancellationToken cancel);

    /// <summary>The deliveries of a job; empty if the account does not own it.</summary>
    Task<IReadOnlyList<DeliveryLog>> ReadDeliveriesAsync(long job, int account, CancellationToken cancel);

    /// <summary>
    /// Starts a new run of attempts at once, whatever the state. Returns false if the account has no such delivery.
    /// </summary>
    Task<bool> RedeliverAsync(long delivery, int account, CancellationToken cancel);
}
