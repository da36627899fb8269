using System.Text.RegularExpressions;

namespace Rushes.Intake;

/// <summary>
/// Fields that are not in the catalog are media if their names end in <c>_uri</c>. Such a name comes from outside, so only
/// simple ones are accepted.
/// </summary>
internal static partial class MediaField
{
    private const int MaxShown = 80;

    public static bool IsMedia(string name) => name.EndsWith("_uri", StringComparison.Ordinal);

    public static bool IsValid(string name) => Plain().IsMatch(name);

    /// <summary>
    /// A name in a form that can be shown in an error: unprintable characters are replaced, and a long name is cut.
    /// </summary>
    public static string Shown(string name)
    {
        var shown = string.Concat(name.EnumerateRunes().Take(MaxShown).Select(rune => Printable(rune) ? rune.ToString() : "?"));
        return shown.Length < name.Length ? shown + "…" : shown;
    }

    private static bool Printable(System.Text.Rune rune) => rune.Value is > 0x20 and < 0x7F;

    [GeneratedRegex("^[A-Za-z0-9_]{1,64}\\z")]
    private static partial Regex Plain();
}
