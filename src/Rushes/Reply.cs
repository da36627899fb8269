using System.Text.Json;

namespace Rushes;

/// <summary>
/// Reads a JSON response of another program. Text that is not UTF-8, a value of another type or a missing one throws the same
/// exception as invalid JSON, so that callers handle one.
/// </summary>
internal static class Reply
{
    /// <summary>The items of an array, none when it is missing.</summary>
    /// <exception cref="JsonException">One of them is null.</exception>
    public static List<T> Items<T>(List<T>? items) where T : class =>
        items is null ? [] : !items.Contains(null!) ? items : throw new JsonException("An array contains null.");

    /// <exception cref="JsonException">The response is invalid.</exception>
    public static T Read<T>(Func<T> read)
    {
        try
        {
            return read();
        }
        catch (Exception error)
            when (error is KeyNotFoundException or InvalidOperationException or FormatException or ArgumentException
            or IndexOutOfRangeException or OverflowException or InvalidDataException)
        {
            throw new JsonException("The response has an unexpected structure.", error);
        }
    }
}
