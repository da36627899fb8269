using Rushes.Database;
using Rushes.Files;
using Rushes.Media;

namespace Rushes.Server.Http;

/// <summary>
/// An exception that does not mean a bug: something that the gateway needs is unavailable. The client can retry.
/// </summary>
/// <param name="Code">The error code.</param>
/// <param name="Message">For the client.</param>
internal sealed record MachineFault(string Code, string Message)
{
    /// <summary>ENOSPC.</summary>
    private const int DiskIsFull = 28;

    /// <param name="keyName">The API's name of the idempotency key.</param>
    /// <returns>Null: the exception means a bug.</returns>
    public static MachineFault? Of(Exception error, string keyName = IdempotencyHeader.Name) => error switch
    {
        IOException { HResult: DiskIsFull } => new(
            "disk_full", "The gateway's disk is full, and nothing was stored. Retry later, or contact the operator."),
        MachineFaultException => new("unavailable", "The gateway could not inspect the media. Retry in a moment."),
        StoreUnavailableException => new("unavailable", "The file storage is unavailable. Retry in a moment."),
        DatabaseAwayException { MayBeDone: false } => new(
            "database_away", "The gateway's database is unavailable, and nothing was changed. Retry in a moment."),
        DatabaseAwayException => new(
            "database_away",
            "The gateway lost its database connection while storing this request, so it may or may not have been stored. "
                + $"Check before you retry, or retry with the same {keyName}."),
        _ => null,
    };
}
