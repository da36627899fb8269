namespace Rushes.Database.Postgres;

internal sealed class ModelOffers(GroupCommit writer) : IModelOffers
{
    public Task<IReadOnlyList<string>> ExchangeAsync(
        Guid gateway, IReadOnlyCollection<string> models, CancellationToken cancel) =>
        writer.Run<IReadOnlyList<string>>(async transaction =>
        {
            await transaction.RunAsync(
                new Statement("DELETE FROM model_offers WHERE stored_at < $1", transaction.Now - ModelOffer.Lifetime),
                new Statement(
                    """
                    INSERT INTO model_offers (gateway, models, stored_at) VALUES ($1, $2, $3)
                    ON CONFLICT (gateway) DO UPDATE SET models = excluded.models, stored_at = excluded.stored_at
                    """,
                    gateway, models.ToArray(), transaction.Now));
            return await transaction.ReadAsync(
                "SELECT DISTINCT unnest(models) FROM model_offers WHERE gateway <> $1", [gateway], row => row.Text(0));
        }, cancel);
}
