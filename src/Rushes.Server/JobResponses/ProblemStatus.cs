using Rushes.Intake;

namespace Rushes.Server.JobResponses;

/// <summary>The HTTP status of a rejected request, where an API has no rules of its own.</summary>
internal static class ProblemStatus
{
    /// <param name="invalid">For a field or medium that cannot be used: 400 or 422, which APIs choose differently.</param>
    public static int Of(Problem problem, int invalid) => problem.Kind switch
    {
        ProblemKind.BadBody => StatusCodes.Status400BadRequest,
        ProblemKind.TooLarge => StatusCodes.Status413PayloadTooLarge,
        ProblemKind.Encoded => StatusCodes.Status415UnsupportedMediaType,
        ProblemKind.KeyReused => StatusCodes.Status422UnprocessableEntity,
        ProblemKind.NoCredit => StatusCodes.Status402PaymentRequired,
        ProblemKind.NotAllowed => StatusCodes.Status403Forbidden,
        ProblemKind.TooMany => StatusCodes.Status429TooManyRequests,
        ProblemKind.Unavailable => StatusCodes.Status503ServiceUnavailable,
        _ => invalid,
    };
}
