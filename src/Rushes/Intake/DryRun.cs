using Rushes.Catalog;
using Rushes.Jobs;

namespace Rushes.Intake;

/// <summary>What would become of a request if it were sent now.</summary>
public sealed record DryRun
{
    public required Model Model { get; init; }

    /// <summary>A JSON object: the fields under their canonical names with the catalog's defaults, media as their type, size and seconds.</summary>
    public required string Input { get; init; }

    public required RenderPlan Plan { get; init; }

    /// <summary>In the currency's unit; null when the model has no price.</summary>
    public decimal? Price { get; init; }

    public required Outlook Outlook { get; init; }
}

public abstract record DryRunResult
{
    private DryRunResult() { }

    public sealed record Ready(DryRun DryRun) : DryRunResult;

    /// <summary>As the request itself would have been.</summary>
    public sealed record Refused(Problem Problem) : DryRunResult;
}
