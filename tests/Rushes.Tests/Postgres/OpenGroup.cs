using Rushes.Database;
using Rushes.Database.Postgres;
using Rushes.Jobs;

namespace Rushes.Tests.Postgres;

/// <summary>Writes of one more gateway that were run and are committed when the test says so.</summary>
internal sealed class OpenGroup : IAsyncDisposable
{
    private readonly PostgresServer server;
    private Session session = null!;
    private Transaction transaction = null!;

    private OpenGroup(PostgresUrl url) => server = new PostgresServer(url);

    public static async Task<OpenGroup> BeginAsync(PostgresUrl url, CancellationToken cancel)
    {
        var group = new OpenGroup(url);
        group.session = await group.server.OpenWriterAsync(cancel);
        // Open for as long as the test needs, also on a busy machine.
        await group.session.RunAsync(new Statement("SET idle_in_transaction_session_timeout = 0"));
        group.transaction = new Transaction(group.session, new RetryPolicy(), TimeProvider.System);
        await group.transaction.BeginAsync(Position.Start, exclusive: false);
        return group;
    }

    /// <summary>Creates a job and returns its id.</summary>
    public async Task<long> SubmitAsync(NewJob job)
    {
        var submit = new Submit(job, CancellationToken.None);
        await submit.RunAllAsync([submit], transaction);
        submit.Succeed();
        return ((SubmitOutcome.Created)await submit.Answer).Id;
    }

    public async Task CancelAsync(long id, int account)
    {
        var cancel = new JobEventWrite<CancelOutcome>(
            id, (job, open) => JobLifecycle.Cancel(job, account, force: false, open.Now), CancellationToken.None);
        await cancel.RunAllAsync([cancel], transaction);
    }

    /// <summary>Returns the number of the commit.</summary>
    public async Task<long> CommitAsync()
    {
        var token = Guid.NewGuid();
        var rows = await transaction.CommitAsync(token, "open", Position.Start, awaited: null);
        return rows.Single(row => row.At.Token == token).At.Number;
    }

    public Task RollbackAsync() => transaction.RollbackAsync();

    public async ValueTask DisposeAsync()
    {
        await session.DisposeAsync();
        await server.DisposeAsync();
    }
}
