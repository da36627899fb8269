using System.Text.Json;

namespace Rushes;

/// <summary>
/// What another program answers in JSON: text that is not UTF-8, a value of another kind or one that is missing is refused in the
/// same way as what is no JSON at all, so that whoever asks has one exception to expect.
/// </summary>
internal static class Reply
{
    /// <exception cref="JsonException">It cannot be read.</exception>
    public static T Read<T>(Func<T> read)
    {
        try
        {
            return read();
        }
        catch (Exception error) when (error is KeyNotFoundException or InvalidOperationException or FormatException or ArgumentException
            or IndexOutOfRangeException or OverflowException or InvalidDataException)
        {
            throw new JsonException("The answer has another shape than it should.", error);
        }
    }
}
