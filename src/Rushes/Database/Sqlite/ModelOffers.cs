namespace Rushes.Database.Sqlite;

/// <summary>A SQLite file has one gateway, so there are no others.</summary>
internal sealed class ModelOffers : IModelOffers
{
    public Task<IReadOnlyList<string>> ExchangeAsync(
        Guid gateway, IReadOnlyCollection<string> models, CancellationToken cancel) =>
        Task.FromResult<IReadOnlyList<string>>([]);
}
