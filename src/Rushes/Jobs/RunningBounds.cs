namespace Rushes.Jobs;

/// <summary>
/// How many jobs each account may have running at once. The accounts' plans say so; the database holds claims to it, and the
/// backlog counts with it.
/// </summary>
/// <param name="of">At least 1; null for no bound. Asked often: it must be quick.</param>
public sealed class RunningBounds(Func<int, int?> of)
{
    /// <summary>Told the account after its bound changed. The receiver must be quick.</summary>
    public event Action<int>? Changed;

    public Func<int, int?> Of => of;

    /// <summary>To be said when an account was given another plan: waiting jobs may be let in, or held back.</summary>
    public void Tell(int account) => Changed?.Invoke(account);
}
