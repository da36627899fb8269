namespace Rushes.Server.Health;

/// <summary>A result of a check.</summary>
/// <param name="Check">The check, such as <c>storage</c>; it can have several findings.</param>
/// <param name="Level"><c>ok</c>, <c>warning</c> or <c>error</c>.</param>
/// <param name="Do">How to fix it; null if there is nothing to fix.</param>
public sealed record Finding(string Check, string Level, string Says, string? Do = null)
{
    public static Finding Ok(string check, string says) => new(check, "ok", says);

    public static Finding Warning(string check, string says, string @do) => new(check, "warning", says, @do);

    public static Finding Error(string check, string says, string @do) => new(check, "error", says, @do);

    public bool IsError => Level == "error";
}
