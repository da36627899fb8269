namespace Rushes.Database;

/// <summary>Which models the workers of each gateway can run, so that every gateway knows what none of them can.</summary>
public interface IModelOffers
{
    /// <summary>
    /// Stores what this gateway's workers can run, and returns what those of other gateways can. What a gateway stored
    /// counts for <see cref="ModelOffer.Lifetime"/>.
    /// </summary>
    /// <param name="gateway">A new id at each start: after a restart, what the gateway stored before counts until its workers
    /// have connected again.</param>
    Task<IReadOnlyList<string>> ExchangeAsync(Guid gateway, IReadOnlyCollection<string> models, CancellationToken cancel);
}

public static class ModelOffer
{
    public static readonly TimeSpan Lifetime = TimeSpan.FromSeconds(90);
}
