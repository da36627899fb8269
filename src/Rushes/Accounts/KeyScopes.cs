namespace Rushes.Accounts;

/// <summary>The names of scopes.</summary>
public static class KeyScopes
{
    private static readonly (string Name, Scopes Scope)[] Known =
        [("submit", Scopes.Submit), ("read", Scopes.Read), ("admin", Scopes.Admin), ("worker", Scopes.Worker)];

    public static IReadOnlyList<string> All { get; } = [.. Known.Select(known => known.Name)];

    public static IReadOnlyList<string> Names(Scopes scopes) =>
        [.. Known.Where(known => (scopes & known.Scope) != 0).Select(known => known.Name)];

    /// <summary>The names, separated by commas.</summary>
    public static string Text(Scopes scopes) => string.Join(", ", Names(scopes));

    /// <summary>Returns null if there is no such scope.</summary>
    public static Scopes? Find(string name)
    {
        foreach (var (known, scope) in Known)
            if (known == name) return scope;
        return null;
    }
}
