namespace Rushes.Client;

public sealed partial class RushesClient
{
    /// <summary>The account's secret, <c>whsec_…</c>, for <see cref="WebhookReceiver"/>.</summary>
    public async Task<string> WebhookSecretAsync(CancellationToken cancel = default) =>
        (await calls.ReadAsync(() => calls.Request(HttpMethod.Get, "webhooks/secret"), WireJson.Default.SecretBody,
            options.Timeout, cancel).ConfigureAwait(false)).Secret;

    /// <summary>A job's webhook deliveries with every attempt.</summary>
    /// <param name="id">Any form of the job's id.</param>
    public async Task<IReadOnlyList<Delivery>> DeliveriesAsync(string id, CancellationToken cancel = default) =>
        (await calls.ReadAsync(() => calls.Request(HttpMethod.Get, $"webhooks/jobs/{Uri.EscapeDataString(id)}"),
            WireJson.Default.DeliveriesBody, options.Timeout, cancel)
            .ConfigureAwait(false)).Deliveries;

    /// <summary>Sends a webhook again.</summary>
    public Task RedeliverAsync(long delivery, CancellationToken cancel = default) =>
        calls.SendAsync(HttpMethod.Post, $"webhooks/deliveries/{delivery}/redeliver", cancel);
}
