using System.Globalization;

namespace Rushes.Files;

/// <summary>Keys of uploaded files that requests refer to: <c>uploads/a1/20261121/NAME.jpg</c>.</summary>
public static class UploadKey
{
    public const string Folder = "uploads/";

    private const string PartsFolder = ".parts/";

    /// <summary>The beginning of the keys of an account.</summary>
    public static string FolderOf(int account) => $"{Folder}a{account}/";

    /// <param name="extension">With its dot, or empty.</param>
    public static string New(int account, DateTimeOffset day, string extension) =>
        $"{FolderOf(account)}{day:yyyyMMdd}/{Guid.NewGuid():n}{extension}";

    /// <summary>The folder of the account's uploads that began on the same day.</summary>
    public static string DayOf(string key) => key[..(key.LastIndexOf('/') + 1)];

    /// <summary>The folder of the parts of an upload that is not complete.</summary>
    public static string PartsOf(string key) => key + PartsFolder;

    public static string PartOf(string key, int number) => string.Create(
        CultureInfo.InvariantCulture, $"{key}{PartsFolder}{number:00000}");

    public static bool IsPart(string key) => key.Contains(PartsFolder, StringComparison.Ordinal);

    /// <summary>Null if it is not the key of an upload.</summary>
    public static int? AccountOf(string key) =>
        key.StartsWith(Folder, StringComparison.Ordinal) ? FileOwner.AccountOf(key) : null;
}
