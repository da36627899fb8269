using Microsoft.AspNetCore.Http.HttpResults;
using Rushes.Accounts;
using Rushes.Intake;
using Rushes.Jobs;
using Rushes.Server.Auth;
using Rushes.Server.Http;
using Rushes.Server.JobResponses;
using Rushes.Server.Transfers;

namespace Rushes.Server.Dialects.Queue;

/// <summary>Error responses of the queue dialect: <c>{"error", "field"?, "code"}</c>.</summary>
internal static class QueueErrors
{
    public static readonly AccessForm Access = new(Unauthorized, Forbidden);

    public static JsonHttpResult<QueueErrorBody> Unauthorized(HttpContext http)
    {
        http.Response.Headers.WWWAuthenticate = "Bearer";
        return Say(StatusCodes.Status401Unauthorized, "unauthorized",
            AccessMessages.BadKey());
    }

    public static JsonHttpResult<QueueErrorBody> Forbidden(Scopes scope) =>
        Say(StatusCodes.Status403Forbidden, "forbidden", AccessMessages.NoScope(scope));

    public static JsonHttpResult<QueueErrorBody> UnknownModel(string model) =>
        Say(
            StatusCodes.Status404NotFound, "model_not_found",
            $"There is no model \"{Excerpt.Of(model)}\"; GET /models lists them.");

    public static JsonHttpResult<QueueErrorBody> UnknownRequest(string id) =>
        Say(
            StatusCodes.Status404NotFound, "request_not_found",
            $"There is no request {Excerpt.Of(id)} of this model and account.");

    public static JsonHttpResult<QueueErrorBody> BadId(string id) =>
        Say(
            StatusCodes.Status400BadRequest, "bad_request_id",
            $"\"{Excerpt.Of(id)}\" is not a request id; send the request_id from the create response.");

    public static JsonHttpResult<QueueErrorBody> BadField(string field, string reason) =>
        Say(StatusCodes.Status400BadRequest, "bad_field", $"{field} {reason}", field);

    public static JsonHttpResult<QueueErrorBody> NotJson(string? contentType) =>
        Say(
            StatusCodes.Status415UnsupportedMediaType, "unsupported_media_type",
            BodyReader.NotJson(contentType));

    public static JsonHttpResult<QueueErrorBody> FileNotFound() =>
        Say(StatusCodes.Status404NotFound, "file_not_found", "There is no such file of this account.");

    public static JsonHttpResult<QueueErrorBody> NoPreview() =>
        Say(StatusCodes.Status404NotFound, "no_preview", PreviewAnswer.None);

    public static JsonHttpResult<QueueErrorBody> Deleted() =>
        Say(StatusCodes.Status410Gone, "expired", "The video has been deleted; create the request again.");

    public static JsonHttpResult<QueueErrorBody> Conflict(string code, string message, JobState state) =>
        TypedResults.Json(
            new QueueErrorBody(message, null, code, QueueMap.StatusOf(state)), QueueWire.Json.QueueErrorBody,
            statusCode: StatusCodes.Status409Conflict);

    public static JsonHttpResult<QueueErrorBody> Of(HttpContext http, Problem problem)
    {
        RetryAfterHeader.Write(http, problem);
        return Of(problem);
    }

    private static JsonHttpResult<QueueErrorBody> Of(Problem problem)
    {
        var status = ProblemStatus.Of(problem, invalid: StatusCodes.Status400BadRequest);
        return Say(status, ProblemCode.Of(problem), problem.Message, ProblemCode.FieldOf(problem));
    }

    private static JsonHttpResult<QueueErrorBody> Say(int status, string code, string message, string? field = null) =>
        TypedResults.Json(new QueueErrorBody(message, field, code), QueueWire.Json.QueueErrorBody, statusCode: status);
}
