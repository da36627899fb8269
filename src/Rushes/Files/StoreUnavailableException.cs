namespace Rushes.Files;

/// <summary>
/// The store could not complete an operation despite retries. Nothing was stored; the operation may be retried later.
/// </summary>
public sealed class StoreUnavailableException(string message, Exception? inner = null) : IOException(message, inner);
