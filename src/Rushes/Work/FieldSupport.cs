namespace Rushes.Work;

/// <summary>What the engines of the connected workers do with fields of requests.</summary>
/// <param name="workers">The newest offer of every worker that is known.</param>
public sealed class FieldSupport(Func<IEnumerable<ClaimOffer>> workers)
{
    public const string DependsOnWorker = "depends_on_worker";

    /// <summary>
    /// <see cref="LimitedField.None"/>, <see cref="LimitedField.WithMoreSteps"/> or <see cref="DependsOnWorker"/>; null if the
    /// field always has its effect, or if no worker makes the model.
    /// </summary>
    public string? LimitOf(string field, string model)
    {
        var limits = workers().Where(offer => Makes(offer, model))
            .Select(offer => offer.LimitedFields
                .FirstOrDefault(each => each.Field == field && each.Models.Contains(model))?.Effect)
            .Distinct()
            .ToList();
        return limits.Count switch { 0 => null, 1 => limits[0], _ => DependsOnWorker };
    }

    private static bool Makes(ClaimOffer offer, string model) =>
        offer.Models.Contains(model) || offer.Parts.Any(part => part.Models.Contains(model));
}
