using System.Globalization;

namespace Rushes.Catalog;

/// <summary>Resolutions as requests name them, such as <c>480p</c>.</summary>
public static class Resolution
{
    /// <summary>Parses <c>480p</c> or <c>480</c>; null for anything else.</summary>
    public static int? Parse(ReadOnlySpan<char> text) =>
        int.TryParse(text is [.., 'p'] ? text[..^1] : text, NumberStyles.None, CultureInfo.InvariantCulture, out var side)
            ? side
            : null;
}
