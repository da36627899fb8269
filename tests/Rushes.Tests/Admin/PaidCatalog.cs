namespace Rushes.Tests.Admin;

/// <summary>A plan that charges and limits nothing.</summary>
internal static class PaidCatalog
{
    public const string Plan = "paid";

    public static Task WriteAsync(TempFolder data, CancellationToken cancel) => File.WriteAllTextAsync(
        data["catalog.json"],
        """{ "plans": { "paid": { "charging": true, "currency": "EUR" }, "dollars": { "charging": true } } }""", cancel);
}
