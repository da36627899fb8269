namespace Rushes.Jobs;

/// <summary>
/// The concurrency limits of accounts, from their account plans. The database checks claims with it and the backlog counts
/// with it.
/// </summary>
/// <param name="of">An account's limit, at least 1; null for none. Called often, so it must be fast.</param>
/// <param name="exist">Whether any account has a limit.</param>
public sealed class ConcurrencyLimits(Func<int, int?> of, Func<bool> exist)
{
    /// <summary>Raised with the account whose limit changed. Handlers must be fast.</summary>
    public event Action<int>? Changed;

    /// <summary>Returns an account's limit; null while no account has one.</summary>
    public Func<int, int?>? Of => exist() ? of : null;

    /// <summary>Raises <see cref="Changed"/>, after an account's plan changed.</summary>
    public void NotifyChanged(int account) => Changed?.Invoke(account);
}
