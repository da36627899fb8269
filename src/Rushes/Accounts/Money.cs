using System.Globalization;

namespace Rushes.Accounts;

/// <summary>Amounts are integers in millionths of a currency unit; people read and write units.</summary>
public static class Money
{
    private const decimal Unit = 1_000_000;

    /// <summary>Formats millionths as units: <c>0.75</c>, <c>12.00</c>, <c>0.000001</c>.</summary>
    public static string Text(long millionths) => (millionths / Unit).ToString("0.00####", CultureInfo.InvariantCulture);

    public static decimal Units(long millionths) => millionths / Unit;

    /// <summary>Returns null if the amount has more than six decimals or exceeds a billion.</summary>
    public static long? Millionths(decimal units) =>
        Math.Abs(units) <= 1_000_000_000 && units * Unit is var millionths && decimal.IsInteger(millionths)
            ? (long)millionths
            : null;
}
