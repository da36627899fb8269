namespace Rushes.Accounts;

/// <summary>Whose jobs, files, keys and credit they are.</summary>
/// <param name="Name">1 to 100 characters, no two alike.</param>
/// <param name="Plan">Name of the catalog's plan it has.</param>
/// <param name="Suspended">None of its keys is good. What it has queued goes on.</param>
public sealed record Account(int Id, string Name, string Plan, bool Suspended, DateTimeOffset CreatedAt)
{
    /// <summary>The plan of an account that was given no other.</summary>
    public const string DefaultPlan = Catalog.Plan.Default;
}
