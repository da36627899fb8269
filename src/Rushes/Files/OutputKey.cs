using System.Globalization;

namespace Rushes.Files;

/// <summary>
/// Keys of what was made: <c>outputs/a1/JOB_FENCE_MODEL.mp4</c>, and drafts beside them. The fence is part of the name: a late
/// result of a lost lease can never lie where the real one lies.
/// </summary>
public static class OutputKey
{
    public const string Folder = "outputs/";

    public static string Of(int account, long job, long fence, string model) => $"{Folder}a{account}/{job}_{fence}_{model}.mp4";

    /// <summary>
    /// Of a video that a remote worker delivers: each delivery has a key of its own, so that no later one replaces a result.
    /// </summary>
    public static string OfDelivery(int account, long job, long fence, string model) =>
        $"{Folder}a{account}/{job}_{fence}_{Guid.NewGuid():n}_{model}.mp4";

    public static string OfDraft(int account, long job, int fence, string model) =>
        $"{Folder}a{account}/{job}_draft{fence}_{model}.mp4";

    /// <summary>The number of the job that a key names; null for a key of another form.</summary>
    public static long? JobOf(string key)
    {
        var name = key.AsSpan(key.LastIndexOf('/') + 1);
        var end = name.IndexOf('_');
        return key.StartsWith(Folder, StringComparison.Ordinal) && end > 0
            && long.TryParse(name[..end], NumberStyles.None, CultureInfo.InvariantCulture, out var job) ? job : null;
    }
}
