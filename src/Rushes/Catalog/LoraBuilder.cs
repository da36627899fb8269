using System.Globalization;

namespace Rushes.Catalog;

/// <summary>Validates the LoRAs of the catalog and adds their fields to the families that they are for.</summary>
internal sealed class LoraBuilder(
    IReadOnlyDictionary<string, (CatalogSource Source, LoraEntry Value)> entries, IReadOnlyCollection<string> families)
{
    private const double StrongestEver = 10;

    /// <summary>Validates every entry, whether a family uses it or not.</summary>
    public void Check()
    {
        foreach (var (name, (source, entry)) in entries)
        {
            CatalogException Error(string reason, string field) => source.Error(reason, "loras", name, field);
            if (name.Length is 0 or > 64 || !name.All(c => char.IsAsciiLetterOrDigit(c) || c is '-' or '_' or '.'))
                throw Error("the name may have 1 to 64 letters, digits, '-', '_' and '.' only", "families");
            foreach (var family in entry.Families)
                if (!families.Contains(family))
                    throw Error($"there is no family \"{family}\"; there are {string.Join(", ", families)}", "families");
            if (entry.Files.Count == 0) throw Error("name at least one file", "files");
            if (entry.Files.Exists(file => file.Length == 0 || file.Contains("..", StringComparison.Ordinal)))
                throw Error("name files in the engine's folder for LoRAs, without \"..\"", "files");
            if (entry.MinStrength > entry.MaxStrength || Math.Abs(entry.MinStrength) > StrongestEver
                || Math.Abs(entry.MaxStrength) > StrongestEver)
                throw Error($"{entry.MinStrength} to {entry.MaxStrength} is not a range within -10 to 10", "maxStrength");
            if (entry.DefaultStrength < entry.MinStrength || entry.DefaultStrength > entry.MaxStrength)
                throw Error(
                    $"{entry.DefaultStrength} is not in {entry.MinStrength} to {entry.MaxStrength}", "defaultStrength");
            if (entry.PriceFactor is < 1 or > 100) throw Error($"{entry.PriceFactor} is not in 1 to 100", "priceFactor");
        }
    }

    /// <summary>The family with the LoRAs that name it, and the fields to request them.</summary>
    public Family AddTo(Family family)
    {
        var loras = entries.Where(entry => entry.Value.Value.Families.Contains(family.Name))
            .ToDictionary(entry => entry.Key, entry => Of(entry.Key, entry.Value.Value));
        return loras.Count == 0 ? family : family with
        {
            Loras = loras, Parameters = [.. family.Parameters, .. Fields(loras.Values)],
        };
    }

    private static Lora Of(string name, LoraEntry entry) => new(
        name, entry.Files, entry.MinStrength, entry.MaxStrength,
        entry.DefaultStrength ?? Math.Clamp(1, entry.MinStrength, entry.MaxStrength), entry.PriceFactor);

    private static IEnumerable<Parameter> Fields(IReadOnlyCollection<Lora> loras)
    {
        yield return new Parameter
        {
            Name = Lora.NameField, Type = ParameterType.String, Options = [.. loras.Select(lora => lora.Name)],
            Help = "A LoRA to use: a style or motion that is added to the model.",
        };
        yield return new Parameter
        {
            Name = Lora.StrengthField, Type = ParameterType.Number,
            Min = loras.Min(lora => lora.MinStrength), Max = loras.Max(lora => lora.MaxStrength),
            Help = "How strongly the LoRA is applied; "
                + $"{string.Join(", ", loras.Select(lora => $"{lora.Name}: {Plain(lora.DefaultStrength)}"))} by default.",
        };
    }

    private static string Plain(double number) => number.ToString("0.###", CultureInfo.InvariantCulture);
}
