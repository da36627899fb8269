using Microsoft.AspNetCore.Http.HttpResults;
using Rushes.Intake;
using Rushes.Server.Auth;
using Rushes.Server.Http;

namespace Rushes.Server.Dialects.Pixazo;

/// <summary>Error responses of the Pixazo dialect: a fixed text per status; only the 400 contains the reason.</summary>
internal static class PixazoErrors
{
    public static readonly AccessForm Access = new(_ => Unauthorized(), _ => Forbidden());

    public static JsonHttpResult<PixazoErrorBody> Unauthorized() =>
        Say(StatusCodes.Status401Unauthorized, "Invalid or missing authentication");

    public static JsonHttpResult<PixazoErrorBody> Forbidden() =>
        Say(StatusCodes.Status403Forbidden, "Access denied for this operation");

    /// <summary>For unknown paths and unknown requests.</summary>
    public static JsonHttpResult<PixazoErrorBody> NotFound() => Say(StatusCodes.Status404NotFound, "Endpoint not found");

    public static JsonHttpResult<PixazoErrorBody> NotJson() => Invalid("Content-Type must be application/json");

    public static JsonHttpResult<PixazoErrorBody> Of(HttpContext http, Problem problem)
    {
        RetryAfterHeader.Write(http, problem);
        return problem.Kind switch
        {
            ProblemKind.NoCredit => Say(StatusCodes.Status402PaymentRequired, problem.Message),
            ProblemKind.NotAllowed when problem.Code is not null => Say(StatusCodes.Status403Forbidden, problem.Message),
            ProblemKind.NotAllowed => Forbidden(),
            ProblemKind.Unavailable => Broke(StatusCodes.Status500InternalServerError, problem.Message),
            ProblemKind.TooMany => TooMany(),
            _ => Invalid(problem.Message),
        };
    }

    public static JsonHttpResult<PixazoErrorBody> Invalid(string reason) =>
        Say(StatusCodes.Status400BadRequest, $"Invalid request parameters: {reason}");

    public static JsonHttpResult<PixazoErrorBody> Broke(int status, string message) => status switch
    {
        >= StatusCodes.Status500InternalServerError =>
            Say(StatusCodes.Status500InternalServerError, "An unexpected error occurred, please try again later"),
        StatusCodes.Status429TooManyRequests => TooMany(),
        _ => Say(status, message),
    };

    private static JsonHttpResult<PixazoErrorBody> TooMany() =>
        Say(StatusCodes.Status429TooManyRequests, "Rate limit exceeded, please retry later");

    private static JsonHttpResult<PixazoErrorBody> Say(int status, string error) =>
        TypedResults.Json(new PixazoErrorBody(error), PixazoWire.Json.PixazoErrorBody, statusCode: status);
}
