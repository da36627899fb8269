using Microsoft.AspNetCore.Http.HttpResults;
using Rushes.Accounts;
using Rushes.Intake;
using Rushes.Server.Auth;
using Rushes.Server.Http;

namespace Rushes.Server.Dialects.Kie;

/// <summary>Error responses of the kie dialect; the code equals the HTTP status.</summary>
internal static class KieErrors
{
    private const string NoAccess = "You do not have access permissions";

    public static readonly AccessForm Access = new(Unauthorized, Forbidden);

    public static JsonHttpResult<KieAnswer<string>> Unauthorized(HttpContext http)
    {
        http.Response.Headers.WWWAuthenticate = "Bearer";
        return Say(StatusCodes.Status401Unauthorized, NoAccess);
    }

    /// <summary>kie has no 403; it uses 401 for missing permissions.</summary>
    public static JsonHttpResult<KieAnswer<string>> Forbidden(Scopes scope) =>
        Say(StatusCodes.Status401Unauthorized, $"{NoAccess}: this key lacks the scope {KeyScopes.Text(scope)}");

    public static JsonHttpResult<KieAnswer<string>> BadRequest(string message) => Say(StatusCodes.Status400BadRequest, message);

    public static JsonHttpResult<KieAnswer<string>> NotJson(string? contentType) =>
        BadRequest($"Content-Type is \"{Excerpt.Of(contentType ?? "")}\"; send application/json");

    public static JsonHttpResult<KieAnswer<string>> UnknownModel(string model, IEnumerable<string> known) =>
        Invalid($"model is \"{Excerpt.Of(model)}\"; send one of {string.Join(", ", known)}");

    public static JsonHttpResult<KieAnswer<string>> Invalid(string message) =>
        Say(StatusCodes.Status422UnprocessableEntity, message);

    public static JsonHttpResult<KieAnswer<string>> UnknownTask(string id) =>
        Say(StatusCodes.Status404NotFound, $"There is no task \"{Excerpt.Of(id)}\" of this account");

    public static JsonHttpResult<KieAnswer<string>> FileNotFound() =>
        Say(StatusCodes.Status404NotFound, "The file is no longer stored");

    public static JsonHttpResult<KieAnswer<string>> NoSuchCall() =>
        Say(StatusCodes.Status404NotFound, "Unknown call; see /openapi/");

    /// <summary>kie has no 403, 413 or 415; it uses 422 for invalid fields and files and for plan limits.</summary>
    public static JsonHttpResult<KieAnswer<string>> Of(HttpContext http, Problem problem)
    {
        RetryAfterHeader.Write(http, problem);
        return Say(
            problem.Kind switch
            {
                ProblemKind.BadBody or ProblemKind.Encoded => StatusCodes.Status400BadRequest,
                ProblemKind.NoCredit => StatusCodes.Status402PaymentRequired,
                ProblemKind.Unavailable => StatusCodes.Status500InternalServerError,
                ProblemKind.TooMany => StatusCodes.Status429TooManyRequests,
                _ => StatusCodes.Status422UnprocessableEntity,
            },
            problem.Message);
    }

    /// <summary>kie has no 503 either.</summary>
    public static JsonHttpResult<KieAnswer<string>> Broke(int status, string message) =>
        Say(status == StatusCodes.Status503ServiceUnavailable ? StatusCodes.Status500InternalServerError : status, message);

    public static JsonHttpResult<KieAnswer<string>> Say(int code, string message) =>
        TypedResults.Json(new KieAnswer<string>(code, message, message, null), KieWire.Json.Text, statusCode: code);
}
