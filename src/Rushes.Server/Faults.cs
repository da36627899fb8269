using System.Text.Json.Serialization;
using Microsoft.AspNetCore.Diagnostics;
using Rushes.Database;
using Rushes.Files;
using Rushes.Server.Hosting;

namespace Rushes.Server;

/// <summary>
/// The last line: what no endpoint expected becomes a plain sentence for the client, in the form of its dialect where that
/// has one of its own, and a full entry in the log.
/// </summary>
internal sealed partial class Faults(ILogger<Faults> log) : IExceptionHandler
{
    /// <summary>ENOSPC; exceptions carry the system's own number.</summary>
    private const int DiskIsFull = 28;

    public async ValueTask<bool> TryHandleAsync(HttpContext http, Exception exception, CancellationToken cancel)
    {
        var (status, code, message) = exception switch
        {
            BadHttpRequestException bad => (bad.StatusCode, "bad_request", bad.Message),
            IOException { HResult: DiskIsFull } => (StatusCodes.Status503ServiceUnavailable, "disk_full",
                "The gateway's disk is full: nothing was stored. Send the request again later, or tell its operator."),
            StoreUnavailableException => (StatusCodes.Status503ServiceUnavailable, "unavailable", "The file store does not answer; send the request again in a moment."),
            OperationCanceledException when http.RequestAborted.IsCancellationRequested => (499, "client_gone", "The client went away."),
            DatabaseAwayException { MayBeDone: false } => (StatusCodes.Status503ServiceUnavailable, "database_away",
                "The gateway's database is away: nothing was changed. Send the request again in a moment."),
            DatabaseAwayException => (StatusCodes.Status503ServiceUnavailable, "database_away",
                "The gateway lost its database while it stored this: it may have been stored or not. Look before you send it again, or send it with the same Idempotency-Key."),
            _ => (StatusCodes.Status500InternalServerError, "internal", "Something broke here; the log has the reason."),
        };
        if (status == StatusCodes.Status500InternalServerError) Broke(exception, http.Request.Method, http.TraceIdentifier);
        if (exception is IOException { HResult: DiskIsFull }) DiskFull(http.Request.Method, http.TraceIdentifier, exception.Message);
        if (exception is StoreUnavailableException) StoreAway(http.Request.Method, http.TraceIdentifier, exception.Message);
        if (http.RequestAborted.IsCancellationRequested)
        {
            // Nobody hears it any more; writing it would be the next fault.
            http.Response.StatusCode = status;
            return true;
        }
        // What was set before was cleared on the way here.
        Transport.TellBrowsers(http.Response.Headers);
        if (status == StatusCodes.Status503ServiceUnavailable) http.Response.Headers.RetryAfter = "5";
        if (http.Features.Get<IExceptionHandlerFeature>()?.Endpoint?.Metadata.GetMetadata<FaultForm>() is { } form)
        {
            await form.Say(status, message).ExecuteAsync(http);
            return true;
        }
        http.Response.StatusCode = status;
        await http.Response.WriteAsJsonAsync(new FaultBody(message, code), FaultJson.Default.FaultBody, cancellationToken: cancel);
        return true;
    }

    [LoggerMessage(Level = LogLevel.Error, Message = "DiskFull {Method} {Trace}: {Reason}")]
    private partial void DiskFull(string method, string trace, string reason);

    [LoggerMessage(Level = LogLevel.Error, Message = "StoreAway {Method} {Trace}: {Reason}")]
    private partial void StoreAway(string method, string trace, string reason);

    [LoggerMessage(Level = LogLevel.Error, Message = "RequestBroke {Method} {Trace}")]
    private partial void Broke(Exception error, string method, string trace);
}

/// <summary>Metadata of endpoints whose dialect has its own form for what broke.</summary>
/// <param name="Say">Given the HTTP status and the sentence.</param>
internal sealed record FaultForm(Func<int, string, IResult> Say);

internal sealed record FaultBody([property: JsonPropertyName("error")] string Error, [property: JsonPropertyName("code")] string Code);

[JsonSerializable(typeof(FaultBody))]
internal sealed partial class FaultJson : JsonSerializerContext;
