using Rushes.Jobs;

namespace Rushes.Database;

/// <summary>The making of drafts. It is no run: it takes no lease and costs no attempt.</summary>
public interface IDraftStore
{
    /// <summary>
    /// Takes the draft that has waited longest, of a job that has not ended; nobody else gets it before
    /// <paramref name="until"/>. Null: there is none. One that was taken <see cref="DraftTask.MostTimes"/> times fails instead.
    /// </summary>
    Task<DraftTask?> TakeDraftAsync(DateTimeOffset until, CancellationToken cancel);

    /// <summary>Ends a draft. False: someone else has it, or its job has ended; nothing was changed.</summary>
    /// <param name="key">Of its file in the store; null: it could not be made.</param>
    Task<bool> EndDraftAsync(long id, int fence, string? key, CancellationToken cancel);
}
