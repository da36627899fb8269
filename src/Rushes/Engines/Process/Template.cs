using System.Text.RegularExpressions;

namespace Rushes.Engines.Process;

/// <summary>
/// Text with placeholders such as <c>{prompt}</c>, <c>{file:data_uri}</c> or <c>{number:shift=5.0}</c>. Placeholders in
/// values are not replaced.
/// </summary>
internal static partial class Template
{
    /// <param name="value">Null leaves the placeholder unchanged.</param>
    public static string Fill(string text, Func<string, string?> value) =>
        Places().Replace(text, place => value(place.Groups[1].Value) ?? place.Value);

    public static IEnumerable<string> NamesIn(string text) => Places().Matches(text).Select(place => place.Groups[1].Value);

    [GeneratedRegex(@"\{([a-z][a-z0-9_]*(?::[a-zA-Z0-9_]+(?:=[0-9.]+)?)?)\}")]
    private static partial Regex Places();
}

/// <summary>One argument, or several that are left out together if one of their placeholders has no value.</summary>
internal sealed record Argument(IReadOnlyList<string> Texts, bool IsGroup)
{
    public static IReadOnlyList<string> Fill(IEnumerable<Argument> arguments, Func<string, string?> value) =>
    [
        .. arguments
            .Where(argument => !argument.IsGroup || !argument.Names.Any(name => value(name) is ""))
            .SelectMany(argument => argument.Texts.Select(text => Template.Fill(text, value))),
    ];

    /// <summary>The flag, as in a program's help.</summary>
    public string Flag => Texts[0].Split('=')[0];

    public IEnumerable<string> Names => Texts.SelectMany(Template.NamesIn);
}
