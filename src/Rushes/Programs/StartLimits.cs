using System.Text;

namespace Rushes.Programs;

/// <summary>
/// Limits on the arguments and the environment of a program. Beyond those of the kernel, it cannot be started ("Argument list
/// too long").
/// </summary>
public static class StartLimits
{
    /// <summary>The maximum bytes of one argument or variable. Linux accepts 128 KiB, including the final zero.</summary>
    public const int OneText = 128 * 1024 - 1;

    /// <summary>
    /// The maximum bytes of all together. Linux usually accepts 2 MiB, which also hold the inherited environment and pointers.
    /// </summary>
    public const int AllTexts = 1024 * 1024;

    public static bool Allow(IEnumerable<string> arguments, IReadOnlyDictionary<string, string> environment)
    {
        var all = 0L;
        foreach (var text in arguments.Concat(environment.Select(variable => $"{variable.Key}={variable.Value}")))
        {
            var bytes = Encoding.UTF8.GetByteCount(text);
            all += bytes + 1;
            if (bytes > OneText || all > AllTexts) return false;
        }
        return true;
    }
}
