using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.WebUtilities;
using Rushes.Accounts;
using Rushes.Intake;
using Rushes.Server.Auth;
using Rushes.Server.Http;
using Rushes.Server.JobResponses;
using Rushes.Server.Transfers;

namespace Rushes.Server.Dialects.Replicate;

/// <summary>Error responses of the Replicate dialect: problem details (RFC 7807).</summary>
internal static class ReplicateErrors
{
    public static readonly AccessForm Access = new(Unauthorized, Forbidden);

    public static JsonHttpResult<ReplicateProblem> Unauthorized(HttpContext http)
    {
        http.Response.Headers.WWWAuthenticate = "Bearer";
        return Say(StatusCodes.Status401Unauthorized, AccessMessages.BadKey());
    }

    public static JsonHttpResult<ReplicateProblem> Forbidden(Scopes scope) =>
        Say(StatusCodes.Status403Forbidden, AccessMessages.NoScope(scope));

    public static JsonHttpResult<ReplicateProblem> BadRequest(string message) => Say(StatusCodes.Status400BadRequest, message);

    public static JsonHttpResult<ReplicateProblem> Invalid(string message) =>
        Say(StatusCodes.Status422UnprocessableEntity, message);

    public static JsonHttpResult<ReplicateProblem> NotJson(string? contentType) =>
        Say(StatusCodes.Status415UnsupportedMediaType, BodyReader.NotJson(contentType));

    public static JsonHttpResult<ReplicateProblem> UnknownPrediction(string id) =>
        Say(StatusCodes.Status404NotFound, $"There is no prediction \"{Excerpt.Of(id)}\" of this account.");

    public static JsonHttpResult<ReplicateProblem> UnknownModel(string name) =>
        Say(
            StatusCodes.Status404NotFound,
            $"There is no model \"{Excerpt.Of(name)}\"; send rushes/ and an id that GET /models lists.");

    public static JsonHttpResult<ReplicateProblem> UnknownCollection(string slug) =>
        Say(StatusCodes.Status404NotFound, $"There is no collection \"{Excerpt.Of(slug)}\"; GET /v1/collections lists them.");

    public static JsonHttpResult<ReplicateProblem> Of(HttpContext http, Problem problem)
    {
        RetryAfterHeader.Write(http, problem);
        return Say(ProblemStatus.Of(problem, invalid: StatusCodes.Status422UnprocessableEntity), problem.Message);
    }

    public static JsonHttpResult<ReplicateProblem> Broke(int status, string message) => Say(status, message);

    private static JsonHttpResult<ReplicateProblem> Say(int status, string detail) => TypedResults.Json(
        new ReplicateProblem(ReasonPhrases.GetReasonPhrase(status), status, detail), ReplicateWire.Json.ReplicateProblem,
        contentType: "application/problem+json", statusCode: status);
}
