namespace Rushes.Database.Copy;

/// <summary>One of the databases cannot be copied from or to. Nothing was changed.</summary>
public sealed class CopyRefusedException(string message) : Exception(message);
