using Rushes.Jobs;

namespace Rushes.Database;

/// <summary>The making of drafts. It is not a run: it has no lease and does not count as an attempt.</summary>
public interface IDraftStore
{
    /// <summary>
    /// Claims a waiting draft of an unfinished job until <paramref name="until"/>. Returns null if there is none. A draft that
    /// was claimed <see cref="DraftTask.MaxClaims"/> times fails instead. Accounts take turns: the oldest draft of the next
    /// account is claimed.
    /// </summary>
    /// <param name="after">The account whose draft was claimed before; 0 if none was.</param>
    Task<DraftTask?> TakeDraftAsync(DateTimeOffset until, int after, CancellationToken cancel);

    /// <summary>Ends a draft. Returns false if it was claimed again or its job has ended; nothing changes then.</summary>
    /// <param name="key">The key of its file in the store; null if it could not be made.</param>
    Task<bool> EndDraftAsync(long id, int fence, string? key, CancellationToken cancel);
}
