using System.Globalization;

namespace Rushes.Files;

/// <summary>
/// Keys of results: <c>outputs/a1/JOB_FENCE_MODEL.mp4</c>, and drafts beside them. The fencing token is part of the name, so
/// that the late result of a lost lease never replaces the real one.
/// </summary>
public static class OutputKey
{
    public const string Folder = "outputs/";

    private const string ImageExtension = ".webp";

    public static string Of(int account, long job, long fence, string model) => $"{Folder}a{account}/{job}_{fence}_{model}.mp4";

    /// <summary>
    /// For a video from a remote worker: each delivery has its own key, so that a later one never replaces a result.
    /// </summary>
    public static string OfDelivery(int account, long job, long fence, string model) =>
        $"{Folder}a{account}/{job}_{fence}_{Guid.NewGuid():n}_{model}.mp4";

    public static string OfDraft(int account, long job, int fence, string model) =>
        $"{Folder}a{account}/{job}_draft{fence}_{model}.mp4";

    /// <summary>Of a still image of a finished video, such as its thumbnail.</summary>
    public static string OfImage(int account, long job, string name) => $"{Folder}a{account}/{job}_{name}{ImageExtension}";

    public static bool IsImage(string key) =>
        key.StartsWith(Folder, StringComparison.Ordinal) && key.EndsWith(ImageExtension, StringComparison.Ordinal);

    /// <summary>The job of a key; null if it is not the key of a result.</summary>
    public static long? JobOf(string key)
    {
        var name = key.AsSpan(key.LastIndexOf('/') + 1);
        var end = name.IndexOf('_');
        return key.StartsWith(Folder, StringComparison.Ordinal) && end > 0
            && long.TryParse(name[..end], NumberStyles.None, CultureInfo.InvariantCulture, out var job) ? job : null;
    }
}
