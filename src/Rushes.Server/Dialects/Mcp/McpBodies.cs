using System.Text.Json.Serialization;
using ModelContextProtocol;
using Rushes.Intake;
using Rushes.Server.Auth;
using Rushes.Server.JobResponses;
using Rushes.Server.Transfers;

namespace Rushes.Server.Dialects.Mcp;

/// <summary>
/// Reads the body of a call within the limits of every API before the SDK parses it: the SDK has no limits, and its tree of a
/// body takes many times the body's size. Media go to files, as in the other APIs.
/// </summary>
internal sealed class McpBodies(BodyReader bodies)
{
    /// <summary>Longer bodies, and bodies of unknown length, are large.</summary>
    public const int SmallBytes = 64 << 10;

    /// <summary>The maximum number of calls with large bodies in progress per account, in this process.</summary>
    public const int MaxLarge = 8;

    /// <summary>Where the fields of a video are: in the arguments, or for the estimate in an object in them.</summary>
    private static readonly IReadOnlyList<string> MediaObjects = ["params.arguments", "params.arguments.input"];

    private readonly ConcurrencyLimit<int> large = new(MaxLarge);

    public async Task PassAsync(HttpContext http, RequestDelegate next)
    {
        if (http.Request.ContentLength <= SmallBytes)
        {
            await ReadAsync(http, next);
            return;
        }
        using var call = large.TryEnter(http.Caller().Account);
        if (call is null)
        {
            http.Response.Headers.RetryAfter = "1";
            await AccessForm.Say(
                StatusCodes.Status429TooManyRequests, "too_many_requests",
                $"The account has {MaxLarge} calls with large bodies in progress, which is the maximum; retry later.")
                .ExecuteAsync(http);
            return;
        }
        await ReadAsync(http, next);
    }

    private async Task ReadAsync(HttpContext http, RequestDelegate next)
    {
        using var body = await bodies.ReadMessageAsync(http, MediaObjects, http.RequestAborted);
        if (body.Problem is { } problem)
        {
            await Reject(problem).ExecuteAsync(http);
            return;
        }
        var json = body.Json;
        http.Request.Body = new MemoryStream(json, writable: false);
        http.Request.ContentLength = json.Length;
        http.Features.Set(body);
        await next(http);
    }

    /// <summary>The error has no id, because the message was not read to its end.</summary>
    private static IResult Reject(Problem problem) => TypedResults.Json(
        new McpRejection(new McpFault(
            (int)(problem.Kind == ProblemKind.BadBody ? McpErrorCode.ParseError : McpErrorCode.InvalidRequest), problem.Message)),
        McpWire.Json.McpRejection, statusCode: ProblemStatus.Of(problem, StatusCodes.Status400BadRequest));
}

internal static class McpBodyFeature
{
    /// <summary>The body of the call, which <see cref="McpBodies"/> has read.</summary>
    public static ReceivedBody McpBody(this HttpContext http) =>
        http.Features.Get<ReceivedBody>() ?? throw new InvalidOperationException("The body of the call was not read.");
}

/// <summary>The response to a body that is rejected as a whole.</summary>
internal sealed record McpRejection([property: JsonPropertyName("error")] McpFault Error)
{
    [JsonPropertyName("jsonrpc")]
    public string Version { get; } = "2.0";

    [JsonPropertyName("id")]
    [JsonIgnore(Condition = JsonIgnoreCondition.Never)]
    public int? Id { get; }
}

internal sealed record McpFault(
    [property: JsonPropertyName("code")] int Code, [property: JsonPropertyName("message")] string Message);
