using Microsoft.AspNetCore.Http.HttpResults;
using Rushes.Accounts;
using Rushes.Intake;
using Rushes.Server.Auth;
using Rushes.Server.Http;
using Rushes.Server.JobResponses;

namespace Rushes.Server.Console;

/// <summary>Error responses of the console's API: <c>{"error", "field"?, "code"}</c>.</summary>
internal static class ConsoleErrors
{
    public static readonly AccessForm Access = new(_ => Unauthorized(), Forbidden);

    public static JsonHttpResult<ConsoleError> Unauthorized() =>
        Say(StatusCodes.Status401Unauthorized, "unauthorized", "You are not signed in, or your session has ended.");

    public static JsonHttpResult<ConsoleError> InvalidLink() =>
        Say(
            StatusCodes.Status400BadRequest, "invalid_link",
            "This sign-in link was used before or has expired. Sign in with an API key, or restart the gateway for a new link.");

    public static JsonHttpResult<ConsoleError> Forbidden(Scopes scope) =>
        Say(StatusCodes.Status403Forbidden, "forbidden", AccessMessages.NoScope(scope));

    public static JsonHttpResult<ConsoleError> NotFound(string what) =>
        Say(StatusCodes.Status404NotFound, "not_found", $"There is no {what}.");

    public static JsonHttpResult<ConsoleError> Conflict(string code, string message) =>
        Say(StatusCodes.Status409Conflict, code, message);

    public static JsonHttpResult<ConsoleError> BadField(string field, string reason) =>
        Say(StatusCodes.Status400BadRequest, "bad_field", $"{field} {reason}", field);

    public static JsonHttpResult<ConsoleError> Of(HttpContext http, Problem problem)
    {
        RetryAfterHeader.Write(http, problem);
        var status = ProblemStatus.Of(problem, invalid: StatusCodes.Status400BadRequest);
        return Say(status, ProblemCode.Of(problem), problem.Message, problem.Field);
    }

    private static JsonHttpResult<ConsoleError> Say(int status, string code, string message, string? field = null) =>
        TypedResults.Json(new ConsoleError(message, field, code), ConsoleWire.Json.ConsoleError, statusCode: status);
}
