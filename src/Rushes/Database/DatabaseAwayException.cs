namespace Rushes.Database;

/// <summary>The database cannot be reached, or cannot write just now. It is being tried again; later it may be there.</summary>
/// <param name="mayBeDone">The connection was lost while the change was being committed: nobody knows yet whether it was.</param>
public sealed class DatabaseAwayException(string message, Exception? cause, bool mayBeDone = false) : Exception(message, cause)
{
    public bool MayBeDone => mayBeDone;
}
