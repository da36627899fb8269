namespace Rushes.Files;

/// <summary>
/// Keys of files that are put for a look at the store and deleted again: <c>.check/NAME</c>. One that a kill left is a
/// stray.
/// </summary>
public static class CheckKey
{
    public const string Folder = ".check/";

    public static string New() => $"{Folder}{Guid.NewGuid():n}.txt";
}
