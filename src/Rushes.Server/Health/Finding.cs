namespace Rushes.Server.Health;

/// <summary>What a check found.</summary>
/// <param name="Check">What was looked at, such as <c>storage</c>; several findings may share it.</param>
/// <param name="Level"><c>ok</c>; <c>warning</c>: it works, but look at it; <c>error</c>: something does not work.</param>
/// <param name="Do">What to do about it; null when there is nothing to do.</param>
public sealed record Finding(string Check, string Level, string Says, string? Do = null)
{
    public static Finding Ok(string check, string says) => new(check, "ok", says);

    public static Finding Warning(string check, string says, string @do) => new(check, "warning", says, @do);

    public static Finding Error(string check, string says, string @do) => new(check, "error", says, @do);

    public bool IsError => Level == "error";
}
