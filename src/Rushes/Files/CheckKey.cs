namespace Rushes.Files;

/// <summary>
/// Keys of files that are stored for a check and then deleted: <c>.check/NAME</c>. A leftover is deleted as a file that
/// belongs to no job.
/// </summary>
public static class CheckKey
{
    public const string Folder = ".check/";

    public static string New() => $"{Folder}{Guid.NewGuid():n}.txt";
}
