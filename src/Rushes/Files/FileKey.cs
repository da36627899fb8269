using System.Text;

namespace Rushes.Files;

/// <summary>Valid keys: relative paths that are the same in a URL, in S3 and on a disk.</summary>
public static class FileKey
{
    /// <summary>S3's limit in UTF-8 bytes.</summary>
    public const int MaxBytes = 1024;

    /// <summary>The maximum length of a file name, in UTF-8 bytes.</summary>
    private const int MaxSegmentBytes = 255;

    /// <summary>
    /// Non-empty segments separated by slashes, none of them <c>.</c> or <c>..</c>, without control characters, backslashes
    /// or unpaired surrogates.
    /// </summary>
    public static bool IsValid(string key)
    {
        if (key.Length is 0 or > MaxBytes || Encoding.UTF8.GetByteCount(key) > MaxBytes) return false;
        foreach (var rune in key.EnumerateRunes())
            if (Rune.IsControl(rune) || rune.Value == '\\' || rune == Rune.ReplacementChar) return false;
        foreach (var segment in key.Split('/'))
            if (segment is "" or "." or ".." || Encoding.UTF8.GetByteCount(segment) > MaxSegmentBytes) return false;
        return true;
    }

    /// <summary>The type by the extension.</summary>
    public static string ContentTypeOf(string key) => Path.GetExtension(key).ToLowerInvariant() switch
    {
        ".mp4" => "video/mp4",
        ".mov" => "video/quicktime",
        ".webm" => "video/webm",
        ".jpg" or ".jpeg" => "image/jpeg",
        ".png" => "image/png",
        ".webp" => "image/webp",
        ".mp3" => "audio/mpeg",
        ".wav" => "audio/wav",
        ".ogg" => "audio/ogg",
        ".m4a" => "audio/mp4",
        ".flac" => "audio/flac",
        ".aac" => "audio/aac",
        ".wma" => "audio/x-ms-wma",
        ".json" => "application/json",
        ".txt" => "text/plain",
        _ => "application/octet-stream",
    };
}
