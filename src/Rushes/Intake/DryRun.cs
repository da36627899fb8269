using Rushes.Catalog;
using Rushes.Jobs;

namespace Rushes.Intake;

/// <summary>What would happen to a request if it were sent now.</summary>
public sealed record DryRun
{
    public required Model Model { get; init; }

    /// <summary>
    /// A JSON object: the fields by their names in the dialect, with the catalog's defaults; media as their type, size and
    /// length.
    /// </summary>
    public required string Input { get; init; }

    public required RenderPlan Plan { get; init; }

    /// <summary>As <see cref="Upscaler"/>: not a model.</summary>
    public const string Ffmpeg = "ffmpeg";

    /// <summary>What would make the result larger now: a model, or <see cref="Ffmpeg"/>; null if nothing has to.</summary>
    public string? Upscaler { get; init; }

    /// <summary>Null if the model has no price.</summary>
    public DryRunPrice? Price { get; init; }

    public required Outlook Outlook { get; init; }
}

/// <param name="Amount">In the currency unit.</param>
/// <param name="Charged">False: the account's plan is free, and this is the price for others.</param>
public sealed record DryRunPrice(decimal Amount, string Currency, bool Charged);

public abstract record DryRunResult
{
    private DryRunResult() { }

    public sealed record Ready(DryRun DryRun) : DryRunResult;

    /// <summary>As the request itself would be rejected.</summary>
    public sealed record Rejected(Problem Problem) : DryRunResult;

    public T Match<T>(Func<Ready, T> ready, Func<Rejected, T> rejected) =>
        this is Ready made ? ready(made) : rejected((Rejected)this);
}
