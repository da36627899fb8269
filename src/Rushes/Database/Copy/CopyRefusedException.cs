namespace Rushes.Database.Copy;

/// <summary>The databases are not such that one can be copied into the other; nothing was changed.</summary>
public sealed class CopyRefusedException(string message) : Exception(message);
