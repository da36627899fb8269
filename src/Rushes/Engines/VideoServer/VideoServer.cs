using System.Text.Json;
using Microsoft.Extensions.Logging;

namespace Rushes.Engines.VideoServer;

/// <summary>One server, and what its runs need to use it.</summary>
internal sealed record VideoServer
{
    public required VideoServerFile File { get; init; }

    public required Uri Address { get; init; }

    public required VideoServerClient Client { get; init; }

    public required EngineHealth Health { get; init; }

    public required VideoServerOptions Options { get; init; }

    public required TimeProvider Clock { get; init; }

    public required ILogger Log { get; init; }

    /// <summary>Ends the work that goes on after a cancelled run.</summary>
    public required CancellationToken Closing { get; init; }

    /// <summary>The pause between two calls about a job.</summary>
    public Task PauseAsync(CancellationToken cancel) => Task.Delay(Options.Poll, Clock, cancel);

    /// <summary>Whether a call failed because of the server or the network.</summary>
    public static bool IsBroken(Exception error) =>
        error is HttpRequestException or IOException or JsonException or FormatException;
}
