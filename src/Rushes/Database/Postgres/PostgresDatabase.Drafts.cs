using Rushes.Database.Postgres.Writes;
using Rushes.Jobs;

namespace Rushes.Database.Postgres;

public sealed partial class PostgresDatabase
{
    public Task<DraftTask?> TakeDraftAsync(DateTimeOffset until, CancellationToken cancel) => writer.Run(new TakeDraft(until, cancel));

    public Task<bool> EndDraftAsync(long id, int fence, string? key, CancellationToken cancel) => writer.Run(new EndDraft(id, fence, key, cancel));

    public Task<ApproveOutcome> ApproveAsync(long id, int account, CancellationToken cancel) => writer.Run(new Approve(id, account, cancel));
}
