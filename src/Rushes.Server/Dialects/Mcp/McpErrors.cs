using System.Text.Json;
using ModelContextProtocol;

namespace Rushes.Server.Dialects.Mcp;

/// <summary>
/// Distinguishes mistakes of clients from faults of the gateway, which are logged. The SDK's own log, which does not distinguish
/// them, is off.
/// </summary>
internal sealed partial class McpErrors(IHttpContextAccessor requests, ILogger<McpErrors> log)
{
    public async ValueTask<T> RunAsync<T>(Func<ValueTask<T>> handle, CancellationToken cancel)
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
        catch (Exception error)
        {
            Broke(error);
            throw new McpProtocolException("Internal error; see the gateway log for details.", McpErrorCode.InternalError);
        }
    }

    [LoggerMessage(Level = LogLevel.Error, Message = "McpCallBroke")]
    private partial void Broke(Exception error);
}
