using System.ComponentModel;
using System.ComponentModel.DataAnnotations;
using System.Globalization;
using System.Reflection;
using System.Text.RegularExpressions;
using Rushes.Server.Settings;
using Rushes.Tests.Rules;
using Xunit;

namespace Rushes.Tests.Settings;

/// <summary>docs/operate/settings.md against the options themselves.</summary>
public sealed class SettingsReferenceTests
{
    private static readonly Dictionary<string, PropertyInfo> Options = typeof(
        GatewayOptions).GetProperties(BindingFlags.Public | BindingFlags.Instance)
        .ToDictionary(option => Regex.Replace(option.Name, "(?<!^)[A-Z]", "-$0").ToLowerInvariant());

    private static readonly Dictionary<string, (string Default, string Meaning)> Rows = ReadRows();

    [Fact]
    public void Every_setting_has_a_row_and_every_row_a_setting() => Assert.Equal(Options.Keys.Order(), Rows.Keys.Order());

    public static TheoryData<string> Settings() => [.. Options.Keys];

    [Theory]
    [MemberData(nameof(Settings))]
    public void Its_default_and_range_are_in_its_row(string name)
    {
        var option = Options[name];
        var (said, meaning) = Rows[name];
        if (option.GetValue(new GatewayOptions()) is { } value)
            Assert.Equal(
                Convert.ToString(value, CultureInfo.InvariantCulture)!.ToLowerInvariant(), said.Trim('`').ToLowerInvariant());
        if (option.GetCustomAttribute<RangeAttribute>() is not { } range) return;
        // If 0 has a special meaning, the documented range does not include it.
        var description = option.GetCustomAttribute<DescriptionAttribute>()!.Description;
        var least = range.Minimum is 0 && description.Contains("0 means forever", StringComparison.Ordinal) ? 1 : range.Minimum;
        Assert.Contains($"{least} to {range.Maximum}", meaning);
        Assert.Contains($"{least} to {range.Maximum}", description);
    }

    /// <summary>A row may tell of several settings that belong together.</summary>
    private static Dictionary<string, (string Default, string Meaning)> ReadRows() =>
        File.ReadLines(Path.Combine(RoomTests.Root(), "docs/operate/settings.md"))
        .SkipWhile(line => !line.StartsWith("| setting |", StringComparison.Ordinal)).Skip(2).TakeWhile(
            line => line.StartsWith('|'))
        .Select(line => line.Split('|', StringSplitOptions.TrimEntries))
        .SelectMany(cells => cells[1].Split(", ").Select(name => (Name: name.Trim('`'), Default: cells[2], Meaning: cells[3])))
        .ToDictionary(row => row.Name, row => (row.Default, row.Meaning));
}
