using Microsoft.AspNetCore.Http.HttpResults;
using Rushes.Accounts;
using Rushes.Intake;
using Rushes.Server.Auth;
using Rushes.Server.Http;
using Rushes.Server.JobResponses;
using Rushes.Server.Transfers;

namespace Rushes.Server.Dialects.Fal;

/// <summary>
/// Error responses of the fal dialect: <c>{"detail": "..."}</c>, or with 422 <c>{"detail": [{"loc", "msg", "type"}]}</c> for an
/// invalid field.
/// </summary>
internal static class FalErrors
{
    public static readonly AccessForm Access = new(Unauthorized, Forbidden);

    public static JsonHttpResult<FalError> Unauthorized(HttpContext http)
    {
        http.Response.Headers.WWWAuthenticate = "Key";
        return Say(StatusCodes.Status401Unauthorized, AccessMessages.BadKey("Key"));
    }

    public static JsonHttpResult<FalError> Forbidden(Scopes scope) =>
        Say(StatusCodes.Status403Forbidden, AccessMessages.NoScope(scope));

    public static JsonHttpResult<FalError> UnknownApp(string id) =>
        Say(StatusCodes.Status404NotFound, $"There is no model \"{Excerpt.Of(id, 120)}\"; /openapi/ lists them.");

    public static JsonHttpResult<FalError> UnknownRequest(string id) =>
        Say(StatusCodes.Status404NotFound, $"There is no request \"{Excerpt.Of(id, 120)}\" of this app and account.");

    public static JsonHttpResult<FalError> NotJson(string? contentType) =>
        Say(StatusCodes.Status415UnsupportedMediaType, BodyReader.NotJson(contentType));

    public static JsonHttpResult<FalError> NotFinished() => Say(StatusCodes.Status400BadRequest, "Request is still in progress");

    public static JsonHttpResult<FalError> NoPreview() => Say(StatusCodes.Status404NotFound, PreviewAnswer.None);

    public static JsonHttpResult<FalError> BadTimeout(string sent) =>
        Say(
            StatusCodes.Status400BadRequest,
            $"X-Fal-Request-Timeout is \"{Excerpt.Of(sent, 120)}\"; send a number of seconds above 0.", "bad_request");

    public static JsonHttpResult<FalError> BadTarget(string sent) =>
        Say(
            StatusCodes.Status400BadRequest,
            $"x-fal-target-url is \"{Excerpt.Of(sent, 120)}\"; it must be an https URL of queue.fal.run, fal.run, or "
                + "rest.fal.ai/storage.");

    public static JsonHttpResult<FalError> BadUploadLink() =>
        Say(StatusCodes.Status403Forbidden, "The upload URL is invalid or has expired; request a new one.");

    public static JsonHttpResult<FalError> UploadEnding() =>
        Say(StatusCodes.Status409Conflict, "The upload is being completed or aborted; send the request again later.");

    public static JsonHttpResult<FalError> Deleted() =>
        Say(StatusCodes.Status410Gone, "The video has been deleted; send the request again.");

    public static JsonHttpResult<FalError> Stopping() =>
        Say(StatusCodes.Status503ServiceUnavailable, "The gateway is stopping and has cancelled the request; send it again.");

    public static JsonHttpResult<FalError> Broke(int status, string message) => Say(status, message, status switch
    {
        StatusCodes.Status400BadRequest => "bad_request",
        >= StatusCodes.Status500InternalServerError => "internal_error",
        _ => null,
    });

    /// <summary>The result of a job that ended without a video.</summary>
    public static IResult Of(HttpContext http, FalFailure failure)
    {
        http.Response.Headers["X-Fal-Error-Type"] = failure.Type;
        if (failure.IsTimeout) http.Response.Headers["X-Fal-Request-Timeout-Type"] = "user";
        return failure.IsInput
            ? TypedResults.Json(InputAtFault(failure), FalWire.Json.FalFieldErrors, statusCode: failure.Status)
            : Say(failure.Status, failure.Message, failure.Type);
    }

    public static FalFieldErrors InputAtFault(FalFailure failure) =>
        new([new FalFieldError(["body"], failure.Message, failure.Type)]);

    public static IResult Of(HttpContext http, Problem problem)
    {
        RetryAfterHeader.Write(http, problem);
        return problem.Kind switch
        {
            ProblemKind.NoCredit => Say(StatusCodes.Status402PaymentRequired, problem.Message),
            ProblemKind.NotAllowed => Say(StatusCodes.Status403Forbidden, problem.Message, problem.Code),
            ProblemKind.Unavailable => Say(StatusCodes.Status503ServiceUnavailable, problem.Message),
            ProblemKind.TooMany => Say(StatusCodes.Status429TooManyRequests, problem.Message),
            ProblemKind.TooLarge when problem.Field is null => Say(StatusCodes.Status413PayloadTooLarge, problem.Message),
            ProblemKind.KeyReused => Fields(["header", "idempotency-key"], problem.Message, "value_error"),
            ProblemKind.Encoded => Say(StatusCodes.Status415UnsupportedMediaType, problem.Message),
            ProblemKind.BadBody => Fields(["body"], problem.Message, "json_invalid"),
            ProblemKind.TooLarge => Fields(Place(problem), problem.Message, "file_too_large"),
            ProblemKind.Unsafe => Fields(Place(problem), problem.Message, "content_policy_violation"),
            _ => Fields(Place(problem), problem.Message, "value_error"),
        };
    }

    private static string[] Place(Problem problem) => problem.Field switch
    {
        null => ["body"],
        FalSubmit.WebhookQuery => ["query", FalSubmit.WebhookQuery],
        IdempotencyHeader.Name or JobTimeoutHeader.Name => ["header", problem.Field.ToLowerInvariant()],
        var field => ["body", field],
    };

    private static JsonHttpResult<FalFieldErrors> Fields(string[] place, string message, string type) =>
        TypedResults.Json(
            new FalFieldErrors([new FalFieldError(place, message, type)]), FalWire.Json.FalFieldErrors,
            statusCode: StatusCodes.Status422UnprocessableEntity);

    private static JsonHttpResult<FalError> Say(int status, string message, string? type = null) =>
        TypedResults.Json(new FalError(message, type), FalWire.Json.FalError, statusCode: status);
}
