namespace Rushes;

/// <summary>The beginning of a text from outside, for a message.</summary>
public static class Excerpt
{
    public static string Of(string text, int maxLength = 80) =>
        text.Length <= maxLength ? text : string.Concat(text.AsSpan(0, maxLength - 3), "...");
}
