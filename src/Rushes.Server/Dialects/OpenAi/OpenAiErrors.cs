using Microsoft.AspNetCore.Http.HttpResults;
using Rushes.Accounts;
using Rushes.Intake;
using Rushes.Server.Auth;
using Rushes.Server.Http;
using Rushes.Server.Transfers;

namespace Rushes.Server.Dialects.OpenAi;

/// <summary>Error responses of the OpenAI dialect: <c>{"error": {"message", "type", "param", "code"}}</c>.</summary>
internal static class OpenAiErrors
{
    private const string InvalidRequest = "invalid_request_error";

    public static readonly AccessForm Access = new(Unauthorized, Forbidden);

    public static JsonHttpResult<OpenAiErrorBody> Unauthorized(HttpContext http)
    {
        http.Response.Headers.WWWAuthenticate = "Bearer";
        return Say(
            StatusCodes.Status401Unauthorized, "authentication_error", "invalid_api_key",
            AccessMessages.BadKey());
    }

    public static JsonHttpResult<OpenAiErrorBody> Forbidden(Scopes scope) =>
        Say(
            StatusCodes.Status403Forbidden, "permission_error", "insufficient_permissions",
            AccessMessages.NoScope(scope));

    public static JsonHttpResult<OpenAiErrorBody> NotABody(string? contentType) =>
        Say(
            StatusCodes.Status415UnsupportedMediaType, InvalidRequest, "unsupported_media_type",
            BodyReader.NotJson(contentType, "application/json or multipart/form-data"));

    public static JsonHttpResult<OpenAiErrorBody> NotAForm(string? contentType) =>
        Say(
            StatusCodes.Status415UnsupportedMediaType, InvalidRequest, "unsupported_media_type",
            $"Content-Type is \"{Excerpt.Of(contentType ?? "")}\"; send multipart/form-data.");

    public static JsonHttpResult<OpenAiErrorBody> BadField(string field, string reason) =>
        Say(StatusCodes.Status400BadRequest, InvalidRequest, "invalid_value", $"{field} {reason}", field);

    public static JsonHttpResult<OpenAiErrorBody> UnknownVideo(string id) =>
        NotFound("video_not_found", $"There is no video \"{Excerpt.Of(id)}\" of this account.");

    public static JsonHttpResult<OpenAiErrorBody> UnknownModel(string id) =>
        NotFound("model_not_found", $"There is no model \"{Excerpt.Of(id)}\"; GET /v1/models lists them.", "model");

    public static JsonHttpResult<OpenAiErrorBody> UnknownFile(string id) =>
        NotFound("file_not_found", $"There is no file \"{Excerpt.Of(id)}\" of this account.");

    public static JsonHttpResult<OpenAiErrorBody> NoSuchCall() =>
        NotFound("unknown_url", "Unknown call; see /openapi/.");

    /// <summary>Not 409, which clients retry.</summary>
    public static JsonHttpResult<OpenAiErrorBody> NotReady() =>
        NotFound("video_not_ready", "The video is not ready; poll it until its status is completed.");

    public static JsonHttpResult<OpenAiErrorBody> Failed(OpenAiVideoError error) =>
        Say(StatusCodes.Status422UnprocessableEntity, InvalidRequest, error.Code, $"There is no video: {error.Message}");

    public static JsonHttpResult<OpenAiErrorBody> Deleted() =>
        Say(StatusCodes.Status410Gone, InvalidRequest, "expired", "The video has been deleted; create it again.");

    public static JsonHttpResult<OpenAiErrorBody> Of(HttpContext http, Problem problem)
    {
        RetryAfterHeader.Write(http, problem);
        return problem.Code == OpenAiModels.NotFound
            ? NotFound(OpenAiModels.NotFound, problem.Message, problem.Field)
            : Of(problem);
    }

    public static JsonHttpResult<OpenAiErrorBody> Broke(int status, string message) => status switch
    {
        StatusCodes.Status429TooManyRequests => Say(status, "rate_limit_error", "rate_limit_exceeded", message),
        >= StatusCodes.Status500InternalServerError => Say(status, "server_error", null, message),
        _ => Say(status, InvalidRequest, null, message),
    };

    private static JsonHttpResult<OpenAiErrorBody> Of(Problem problem)
    {
        var (status, type, code) = problem.Kind switch
        {
            ProblemKind.TooLarge => (StatusCodes.Status413PayloadTooLarge, InvalidRequest, "too_large"),
            ProblemKind.Encoded => (StatusCodes.Status415UnsupportedMediaType, InvalidRequest, "unsupported_media_type"),
            ProblemKind.KeyReused => (StatusCodes.Status422UnprocessableEntity, InvalidRequest, "idempotency_key_reused"),
            ProblemKind.NoCredit => (StatusCodes.Status402PaymentRequired, "insufficient_quota", "insufficient_quota"),
            ProblemKind.NotAllowed => (StatusCodes.Status403Forbidden, "permission_error", problem.Code ?? "not_allowed"),
            ProblemKind.TooMany => (StatusCodes.Status429TooManyRequests, "rate_limit_error", "rate_limit_exceeded"),
            ProblemKind.Unsafe => (StatusCodes.Status400BadRequest, InvalidRequest, problem.Code ?? "unsafe"),
            ProblemKind.Unavailable => (StatusCodes.Status503ServiceUnavailable, "server_error", problem.Code ?? "unavailable"),
            ProblemKind.BadMedia => (StatusCodes.Status400BadRequest, InvalidRequest, "invalid_media"),
            ProblemKind.BadBody => (StatusCodes.Status400BadRequest, InvalidRequest, "invalid_body"),
            _ => (StatusCodes.Status400BadRequest, InvalidRequest, problem.Code ?? "invalid_value"),
        };
        return Say(status, type, code, problem.Message, problem.Field);
    }

    private static JsonHttpResult<OpenAiErrorBody> NotFound(string code, string message, string? field = null) =>
        Say(StatusCodes.Status404NotFound, "not_found_error", code, message, field);

    private static JsonHttpResult<OpenAiErrorBody> Say(
        int status, string type, string? code, string message, string? field = null) =>
        TypedResults.Json(
            new OpenAiErrorBody(new OpenAiError(message, type, field, code)), OpenAiWire.Json.OpenAiErrorBody,
            statusCode: status);
}
