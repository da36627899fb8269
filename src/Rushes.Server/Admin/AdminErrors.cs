using Microsoft.AspNetCore.Http.HttpResults;
using Rushes.Server.Auth;

namespace Rushes.Server.Admin;

/// <summary>Error responses of the admin API: <c>{"error", "field"?, "code"}</c>.</summary>
internal static class AdminErrors
{
    public static readonly AccessForm Access = AccessForm.Common;

    public static JsonHttpResult<AdminErrorBody> BadBody(string reason) =>
        Say(StatusCodes.Status400BadRequest, "bad_body", reason);

    public static JsonHttpResult<AdminErrorBody> BadField(string field, string reason) =>
        Say(StatusCodes.Status400BadRequest, "bad_field", $"{field} {reason}", field);

    public static JsonHttpResult<AdminErrorBody> NotFound(string what) =>
        Say(StatusCodes.Status404NotFound, "not_found", $"There is no {what}.");

    public static JsonHttpResult<AdminErrorBody> Conflict(string code, string message, string? field = null) =>
        Say(StatusCodes.Status409Conflict, code, message, field);

    /// <param name="reason">Which object has the last admin key.</param>
    public static JsonHttpResult<AdminErrorBody> LastAdmin(string reason) =>
        Conflict("last_admin", $"{reason}; create an admin key of another account first.");

    private static JsonHttpResult<AdminErrorBody> Say(int status, string code, string message, string? field = null) =>
        TypedResults.Json(new AdminErrorBody(message, field, code), AdminWire.Json.AdminErrorBody, statusCode: status);
}
