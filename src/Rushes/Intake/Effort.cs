using System.Text.Json;
using Rushes.Catalog;
using Rushes.Jobs;

namespace Rushes.Intake;

/// <summary>
/// The steps of a request compared with the family's usual ones. Engines read these fields whether the API of the request lists
/// them or not, so they count in every API.
/// </summary>
/// <param name="Time">The factor of the run time.</param>
/// <param name="Price">The factor of the price, at least 1.</param>
internal readonly record struct Effort(double Time, decimal Price)
{
    /// <summary>More are not rendered by any engine.</summary>
    private const int MaxSteps = 1000;

    /// <summary>A number of steps goes before the flag, as in engines.</summary>
    public static Effort Of(Family family, RequestFields fields)
    {
        if (family.IncludedSteps is { } included
            && fields.EngineField(JobInput.Steps) is { ValueKind: JsonValueKind.Number } steps)
        {
            var times = Math.Clamp(steps.GetDouble(), 1, MaxSteps) / included;
            return new Effort(times, (decimal)Math.Max(1, times));
        }
        return fields.EngineField(JobInput.MoreSteps) is { ValueKind: JsonValueKind.True }
            ? new Effort(family.HigherQualityTimes, family.HigherQualityFactor)
            : new Effort(1, 1);
    }
}
