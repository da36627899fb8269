using System.Text.Json.Serialization;
using Microsoft.AspNetCore.Diagnostics;
using Rushes.Files;
using Rushes.Media;
using Rushes.Server.Hosting;
using Rushes.Server.Http;

namespace Rushes.Server;

/// <summary>
/// Handles unexpected exceptions: the client gets an error message, in the format of its dialect, and the log gets the details.
/// </summary>
internal sealed partial class Faults(ILogger<Faults> log) : IExceptionHandler
{
    public async ValueTask<bool> TryHandleAsync(HttpContext http, Exception exception, CancellationToken cancel)
    {
        var (status, code, message) = exception switch
        {
            BadHttpRequestException bad => (bad.StatusCode, "bad_request", bad.Message),
            OperationCanceledException when http.RequestAborted.IsCancellationRequested =>
                (499, "client_gone", "The client disconnected."),
            _ when MachineFault.Of(exception) is { } fault =>
                (StatusCodes.Status503ServiceUnavailable, fault.Code, fault.Message),
            _ => (StatusCodes.Status500InternalServerError, "internal", "Internal error; see the gateway log for details."),
        };
        if (status == StatusCodes.Status500InternalServerError) Broke(exception, http.Request.Method, http.TraceIdentifier);
        if (code == "disk_full") DiskFull(http.Request.Method, http.TraceIdentifier, exception.Message);
        if (exception is StoreUnavailableException) StoreAway(http.Request.Method, http.TraceIdentifier, exception.Message);
        if (exception is MachineFaultException) InspectionFailed(http.Request.Method, http.TraceIdentifier, exception.Message);
        if (http.RequestAborted.IsCancellationRequested)
        {
            // The client has disconnected, so writing a body would fail too.
            http.Response.StatusCode = status;
            return true;
        }
        // The exception handler has cleared the headers.
        Transport.WriteSecurityHeaders(http.Response.Headers);
        if (status == StatusCodes.Status503ServiceUnavailable) http.Response.Headers.RetryAfter = "5";
        if (http.Features.Get<IExceptionHandlerFeature>()?.Endpoint?.Metadata.GetMetadata<FaultForm>() is { } form)
        {
            await form.Say(status, message).ExecuteAsync(http);
            return true;
        }
        http.Response.StatusCode = status;
        await http.Response.WriteAsJsonAsync(new FaultBody(message, code), FaultJson.Default.FaultBody,
            cancellationToken: cancel);
        return true;
    }

    [LoggerMessage(Level = LogLevel.Error, Message = "DiskFull {Method} {Trace}: {Reason}")]
    private partial void DiskFull(string method, string trace, string reason);

    [LoggerMessage(Level = LogLevel.Error, Message = "InspectionFailed {Method} {Trace}: {Reason}")]
    private partial void InspectionFailed(string method, string trace, string reason);

    [LoggerMessage(Level = LogLevel.Error, Message = "StoreAway {Method} {Trace}: {Reason}")]
    private partial void StoreAway(string method, string trace, string reason);

    [LoggerMessage(Level = LogLevel.Error, Message = "RequestBroke {Method} {Trace}")]
    private partial void Broke(Exception error, string method, string trace);
}

/// <summary>Metadata of endpoints whose dialect has its own error format.</summary>
/// <param name="Say">Creates the response from the HTTP status and the message.</param>
internal sealed record FaultForm(Func<int, string, IResult> Say);

internal sealed record FaultBody([property: JsonPropertyName("error")] string Error,
    [property: JsonPropertyName("code")] string Code);

[JsonSerializable(typeof(FaultBody))]
internal sealed partial class FaultJson : JsonSerializerContext;
