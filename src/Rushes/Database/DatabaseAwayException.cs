namespace Rushes.Database;

/// <summary>The database cannot be reached or cannot write now. It may become available later.</summary>
/// <param name="mayBeDone">The connection was lost during the commit, so it is unknown whether the change was
/// committed.</param>
public sealed class DatabaseAwayException(string message, Exception? cause, bool mayBeDone = false) : Exception(message, cause)
{
    public bool MayBeDone => mayBeDone;
}
