using System.Text.Json;
using ModelContextProtocol;
using Rushes.Database;
using Rushes.Server.Http;

namespace Rushes.Server.Dialects.Mcp;

/// <summary>
/// Distinguishes mistakes of clients from faults of the gateway, which are logged. The SDK's own log, which does not distinguish
/// them, is off.
/// </summary>
internal sealed partial class McpErrors(IHttpContextAccessor requests, ILogger<McpErrors> log)
{
    /// <param name="unavailable">The result if something that the gateway needs is unavailable; null: an error.</param>
    public async ValueTask<T> RunAsync<T>(
        Func<ValueTask<T>> handle, CancellationToken cancel, Func<MachineFault, T>? unavailable = null)
    {
        try
        {
            return await handle();
        }
        catch (McpException)
        {
            throw;
        }
        catch (OperationCanceledException) when (
            cancel.IsCancellationRequested || requests.HttpContext?.RequestAborted.IsCancellationRequested == true)
        {
            throw;
        }
        // The SDK reads the params of its own methods; other JSON errors have no path.
        catch (JsonException error) when (error.Path is { } path)
        {
            throw new McpProtocolException(
                $"params cannot be read: the type of {Excerpt.Of(path)} is wrong.", McpErrorCode.InvalidParams);
        }
        catch (Exception error) when (MachineFault.Of(error, McpTools.KeyName) is { } fault)
        {
            // The database logs its own outages.
            if (error is not DatabaseAwayException) Unavailable(fault.Code, error.Message);
            return unavailable is null
                ? throw new McpProtocolException(fault.Message, McpErrorCode.InternalError)
                : unavailable(fault);
        }
        catch (Exception error)
        {
            Broke(error);
            throw new McpProtocolException("Internal error; see the gateway log for details.", McpErrorCode.InternalError);
        }
    }

    [LoggerMessage(Level = LogLevel.Error, Message = "McpCallUnavailable {Code}: {Reason}")]
    private partial void Unavailable(string code, string reason);

    [LoggerMessage(Level = LogLevel.Error, Message = "McpCallBroke")]
    private partial void Broke(Exception error);
}
