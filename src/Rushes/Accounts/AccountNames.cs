namespace Rushes.Accounts;

/// <summary>Which names accounts and keys can have.</summary>
public static class AccountNames
{
    public const int MaxLength = 100;

    /// <summary>The fault of the name, as the end of a sentence; null if there is none.</summary>
    public static string? FaultOf(string? name) => name switch
    {
        null or "" => "is missing",
        { Length: > MaxLength } => $"has {name.Length} characters; the maximum is {MaxLength}",
        // It would be taken for an id.
        _ when name.All(char.IsAsciiDigit) => "is a number; a name must contain a letter",
        _ when name.Any(char.IsControl) || name.Trim() != name =>
            "contains control characters, or starts or ends with white space",
        _ => null,
    };
}
