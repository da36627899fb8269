namespace Rushes.Server.Console;

/// <summary>Why a video can be reported, and the limits of a report.</summary>
internal static class ReportReasons
{
    /// <summary>In characters.</summary>
    public const int MaxDetails = 2000, MaxContact = 200;

    /// <summary>Stable identifiers, and their texts for the form.</summary>
    public static readonly IReadOnlyDictionary<string, string> All = new Dictionary<string, string>
    {
        ["illegal"] = "It is illegal",
        ["minor"] = "It sexualizes a minor",
        ["sexual"] = "It is sexual",
        ["violence"] = "It shows or promotes violence",
        ["person"] = "It shows a real person without consent",
        ["deception"] = "It is meant to deceive",
        ["copyright"] = "It infringes a copyright or trademark",
        ["other"] = "Something else",
    };
}
