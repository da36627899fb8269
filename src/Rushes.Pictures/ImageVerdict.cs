namespace Rushes.Pictures;

/// <summary>The output of this program about a picture: one line.</summary>
internal static class ImageVerdict
{
    public const string CutOff = "cut-off";
    public const string Damaged = "damaged";
    public const string TooMuchText = "too-much-text";

    /// <summary>The value for a picture that already is in plain form.</summary>
    public const string Same = "same";

    /// <summary>The plain form has this size.</summary>
    /// <param name="form">The written format, <c>jpeg</c> or <c>png</c>; <see cref="Same"/> if nothing was written.</param>
    public static string Accepted(int width, int height, string form) =>
        FormattableString.Invariant($"accepted {width} {height} {form}");

    /// <summary>It has more pixels than allowed; nothing was decoded.</summary>
    public static string TooManyPixels(int width, int height) => FormattableString.Invariant($"too-many-pixels {width} {height}");

    /// <summary>It needs more memory than this program was given; nothing was decoded.</summary>
    public static string Needs(long bytes) => FormattableString.Invariant($"needs {bytes}");
}
