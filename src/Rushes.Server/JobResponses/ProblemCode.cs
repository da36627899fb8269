using Rushes.Intake;

namespace Rushes.Server.JobResponses;

/// <summary>The <c>code</c> and <c>field</c> of an error, in APIs that have no codes of their own.</summary>
internal static class ProblemCode
{
    public static string Of(Problem problem) => problem.Kind switch
    {
        ProblemKind.TooLarge => "too_large",
        ProblemKind.BadMedia => "bad_media",
        ProblemKind.KeyReused => "idempotency_key_reused",
        ProblemKind.NoCredit => "insufficient_credit",
        ProblemKind.NotAllowed => problem.Code ?? "not_allowed",
        ProblemKind.TooMany => "too_many_requests",
        ProblemKind.Unsafe => problem.Code ?? "unsafe",
        ProblemKind.Unavailable => problem.Code ?? "unavailable",
        ProblemKind.Encoded => "unsupported_media_type",
        ProblemKind.BadBody => "bad_body",
        _ => problem.Code ?? "bad_field",
    };

    /// <summary>Null where the fault is not that of a field.</summary>
    public static string? FieldOf(Problem problem) => problem.Kind is ProblemKind.TooLarge or ProblemKind.BadMedia
        or ProblemKind.NotAllowed or ProblemKind.Unsafe or ProblemKind.BadField ? problem.Field : null;
}
