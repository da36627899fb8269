namespace Rushes.Catalog;

/// <summary>The catalog is invalid; the message has the file, the line and what to do.</summary>
public sealed class CatalogException(string message) : Exception(message);
