namespace Rushes.Files;

/// <summary>
/// The store did not do it, however often it was asked; nothing was stored, and the same may be asked again later.
/// </summary>
public sealed class StoreUnavailableException(string message, Exception? inner = null) : IOException(message, inner);
