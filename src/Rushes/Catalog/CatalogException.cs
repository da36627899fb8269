namespace Rushes.Catalog;

/// <summary>The catalog cannot be used: the message says which file, which line, and what to do.</summary>
public sealed class CatalogException(string message) : Exception(message);
