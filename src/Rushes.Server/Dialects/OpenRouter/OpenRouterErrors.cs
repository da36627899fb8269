using Microsoft.AspNetCore.Http.HttpResults;
using Rushes.Accounts;
using Rushes.Intake;
using Rushes.Server.Auth;
using Rushes.Server.Http;
using Rushes.Server.JobResponses;
using Rushes.Server.Transfers;

namespace Rushes.Server.Dialects.OpenRouter;

/// <summary>Error responses of the OpenRouter dialect: <c>{"error": {"code", "message"}}</c>.</summary>
internal static class OpenRouterErrors
{
    public static readonly AccessForm Access = new(Unauthorized, Forbidden);

    public static JsonHttpResult<OpenRouterErrorBody> Unauthorized(HttpContext http)
    {
        http.Response.Headers.WWWAuthenticate = "Bearer";
        return Broke(StatusCodes.Status401Unauthorized, AccessMessages.BadKey());
    }

    public static JsonHttpResult<OpenRouterErrorBody> Forbidden(Scopes scope) =>
        Broke(StatusCodes.Status403Forbidden, AccessMessages.NoScope(scope));

    public static JsonHttpResult<OpenRouterErrorBody> NotJson(string? contentType) =>
        Broke(StatusCodes.Status415UnsupportedMediaType, BodyReader.NotJson(contentType));

    public static JsonHttpResult<OpenRouterErrorBody> UnknownVideo(string id) =>
        Broke(StatusCodes.Status404NotFound, $"There is no video \"{Excerpt.Of(id)}\" of this account.");

    public static JsonHttpResult<OpenRouterErrorBody> NoSuchCall() =>
        Broke(StatusCodes.Status404NotFound, "Unknown call; see /openapi/.");

    public static JsonHttpResult<OpenRouterErrorBody> NotReady() =>
        Broke(StatusCodes.Status409Conflict, "The video is not ready; poll it until its status is completed.");

    public static JsonHttpResult<OpenRouterErrorBody> NoVideo(string reason) =>
        Broke(StatusCodes.Status409Conflict, $"There is no video: {reason}");

    public static JsonHttpResult<OpenRouterErrorBody> Deleted() =>
        Broke(StatusCodes.Status410Gone, "The video has been deleted; create it again.");

    public static JsonHttpResult<OpenRouterErrorBody> Of(HttpContext http, Problem problem)
    {
        RetryAfterHeader.Write(http, problem);
        return Broke(ProblemStatus.Of(problem, invalid: StatusCodes.Status400BadRequest), problem.Message);
    }

    public static JsonHttpResult<OpenRouterErrorBody> Broke(int status, string message) => TypedResults.Json(
        new OpenRouterErrorBody(new OpenRouterError(status, message)), OpenRouterWire.Json.OpenRouterErrorBody,
        statusCode: status);
}
