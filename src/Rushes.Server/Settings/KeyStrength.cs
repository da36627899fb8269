using System.ComponentModel.DataAnnotations;

namespace Rushes.Server.Settings;

/// <summary>Checks whether a key from the settings is hard to guess. Generated keys always are.</summary>
public static class KeyStrength
{
    public const int MinLength = 16;

    public const int MaxLength = 512;

    private const int MinDifferent = 4;

    private const int StrongLength = 24;

    private const int StrongDifferent = 10;

    private const string Advice = "use a random one, such as from: openssl rand -base64 32";

    /// <summary>The fault of the key, as the end of a sentence; null if there is none.</summary>
    public static string? FaultOf(string key)
    {
        if (key.Length < MinLength) return $"has {key.Length} characters, fewer than {MinLength}, and can be guessed; {Advice}";
        if (key.Length > MaxLength) return $"has {key.Length} characters, more than {MaxLength}; {Advice}";
        if (Different(key) < MinDifferent)
            return $"has fewer than {MinDifferent} different characters and can be guessed; {Advice}";
        return null;
    }

    /// <summary>Whether the key is accepted with a warning.</summary>
    public static bool IsWeak(string key) => key.Length < StrongLength || Different(key) < StrongDifferent;

    /// <summary>For the settings.</summary>
    public static ValidationResult? Validate(string? key, ValidationContext context) =>
        key is not null && FaultOf(key) is { } fault
            ? new ValidationResult($"{context.MemberName} {fault}", [context.MemberName!])
            : ValidationResult.Success;

    private static int Different(string key) => key.Distinct().Count();
}
