namespace Rushes.Jobs;

/// <summary>
/// How many jobs each account may have running at once. The accounts' plans say so; the database holds claims to it, and the
/// backlog counts with it.
/// </summary>
/// <param name="of">At least 1; null for no bound. Asked often: it must be quick.</param>
/// <param name="exist">Whether any account may have one.</param>
public sealed class RunningBounds(Func<int, int?> of, Func<bool> exist)
{
    /// <summary>Told the account after its bound changed. The receiver must be quick.</summary>
    public event Action<int>? Changed;

    /// <summary>An account's bound; null while no account has any.</summary>
    public Func<int, int?>? Of => exist() ? of : null;

    /// <summary>To be said when an account was given another plan: waiting jobs may be let in, or held back.</summary>
    public void Tell(int account) => Changed?.Invoke(account);
}
