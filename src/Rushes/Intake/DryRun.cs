using Rushes.Catalog;
using Rushes.Jobs;

namespace Rushes.Intake;

/// <summary>What would become of a request if it were sent now.</summary>
public sealed record DryRun
{
    public required Model Model { get; init; }

    /// <summary>
    /// A JSON object: the fields in the dialect's names with the catalog's defaults, media as their type, size and seconds.
    /// </summary>
    public required string Input { get; init; }

    public required RenderPlan Plan { get; init; }

    /// <summary>Null when the model has none.</summary>
    public DryRunPrice? Price { get; init; }

    public required Outlook Outlook { get; init; }
}

/// <param name="Amount">In the currency's unit.</param>
/// <param name="Charged">False: the account's plan is free, and this is what others pay.</param>
public sealed record DryRunPrice(decimal Amount, string Currency, bool Charged);

public abstract record DryRunResult
{
    private DryRunResult() { }

    public sealed record Ready(DryRun DryRun) : DryRunResult;

    /// <summary>As the request itself would have been.</summary>
    public sealed record Refused(Problem Problem) : DryRunResult;

    public T Match<T>(Func<Ready, T> ready, Func<Refused, T> refused) =>
        this is Ready made ? ready(made) : refused((Refused)this);
}
