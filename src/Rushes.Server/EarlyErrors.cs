using Microsoft.AspNetCore.WebUtilities;

namespace Rushes.Server;

/// <summary>
/// Adds a JSON body to error responses that have none, such as those of routing: unknown path, wrong method, incomplete path.
/// </summary>
/// <param name="keyForm">The format for clients that send <c>Authorization: Key</c>; others get the common format, unless
/// the endpoint has its own.</param>
internal sealed class EarlyErrors(FaultForm keyForm)
{
    public async Task PassAsync(HttpContext http, RequestDelegate next)
    {
        await next(http);
        var answer = http.Response;
        if (answer.StatusCode < StatusCodes.Status400BadRequest || answer.HasStarted || answer.ContentType is not null
            || answer.ContentLength is not null) return;
        var (code, message) = Words(http, answer.StatusCode);
        if (answer.StatusCode == StatusCodes.Status401Unauthorized) answer.Headers.WWWAuthenticate = "Bearer";
        await FormOf(http, code).Say(answer.StatusCode, message).ExecuteAsync(http);
    }

    private FaultForm FormOf(HttpContext http, string code)
    {
        if (http.GetEndpoint()?.Metadata.GetMetadata<FaultForm>() is { } form) return form;
        return http.Request.Headers.Authorization.ToString().StartsWith("Key ", StringComparison.OrdinalIgnoreCase)
            ? keyForm
            : new FaultForm(
                (status, message) => TypedResults.Json(
                    new FaultBody(message, code), FaultJson.Default.FaultBody, statusCode: status));
    }

    private static (string Code, string Message) Words(HttpContext http, int status)
    {
        const string reference = "see /openapi/ for the API";
        var (method, path) = (http.Request.Method, Excerpt.Of(http.Request.Path.Value ?? "/"));
        return status switch
        {
            StatusCodes.Status400BadRequest => ("bad_request", $"{path} is incomplete; {reference}"),
            StatusCodes.Status401Unauthorized =>
                ("unauthorized", "The API key is missing or invalid. Send it as \"Authorization: Bearer KEY\"."),
            StatusCodes.Status403Forbidden => ("forbidden", $"This key does not have the scope for {method} {path}."),
            StatusCodes.Status404NotFound when http.GetEndpoint() is null =>
                ("not_found", $"{method} {path} does not exist; {reference}"),
            StatusCodes.Status404NotFound => ("not_found", $"There is nothing at {path}."),
            StatusCodes.Status405MethodNotAllowed => ("method_not_allowed", $"{method} is not allowed on {path}; "
                + $"send {http.Response.Headers.Allow.ToString().Replace(", ", " or ", StringComparison.Ordinal)}."),
            _ => ("refused", $"{ReasonPhrases.GetReasonPhrase(status)}."),
        };
    }
}
