using System.Globalization;
using System.Text.RegularExpressions;

namespace Rushes.Intake;

/// <summary>The longest time from the creation of a job to its end, as its client sent it.</summary>
/// <param name="Field">The header or field that contained it.</param>
/// <param name="Sent">Seconds, such as <c>90</c>, or a duration such as <c>90s</c>, <c>5m</c> or <c>1h30m</c>.</param>
public sealed partial record JobTimeout(string Field, string Sent)
{
    private static readonly TimeSpan MinTime = TimeSpan.FromSeconds(1), MaxTime = TimeSpan.FromDays(30);

    /// <summary>Null if it is invalid.</summary>
    public TimeSpan? Value { get; } = Read(Sent);

    public Problem? Check() => Value is not null ? null : Problem.BadField(
        Field, $"is \"{Excerpt.Of(Sent)}\"; send seconds, such as 90, or a duration such as 5m or 1h30m, up to 30 days");

    private static TimeSpan? Read(string sent)
    {
        if (Form().Match(sent) is not { Success: true } match) return null;
        var time = TimeSpan.FromSeconds((Number(match, "h") * 3600) + (Number(match, "m") * 60) + Number(match, "s"));
        return time >= MinTime && time <= MaxTime ? time : null;
    }

    private static long Number(Match match, string unit) =>
        match.Groups[unit] is { Success: true } group ? long.Parse(group.ValueSpan, CultureInfo.InvariantCulture) : 0;

    [GeneratedRegex(@"^(?:(?<s>[0-9]{1,7})|(?:(?<h>[0-9]{1,7})h)?(?:(?<m>[0-9]{1,7})m)?(?:(?<s>[0-9]{1,7})s)?)\z")]
    private static partial Regex Form();
}
