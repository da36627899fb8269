namespace Rushes.Database.Postgres;

/// <summary>
/// One change that a caller waits for, answered after its commit. It may be run several times before that: when the group
/// it is in is tried again after an error or a lost connection, nothing of the earlier try was kept.
/// </summary>
internal abstract class Write(CancellationToken cancel)
{
    /// <summary>The caller left before the write began: it is not run at all.</summary>
    public bool IsAbandoned => cancel.IsCancellationRequested;

    /// <summary>
    /// Writes of one kind and one group are run at once. All writes of a group were asked for at once too, so any order is
    /// right.
    /// </summary>
    public virtual Type Kind => GetType();

    /// <summary>Kinds with smaller numbers go first.</summary>
    public virtual int Order => 0;

    /// <param name="writes">All of this kind, this one among them, as they were asked for.</param>
    public abstract Task RunAllAsync(IReadOnlyList<Write> writes, Transaction transaction);

    /// <summary>Answers the caller.</summary>
    public abstract void Succeed();

    public abstract void Fail(Exception error);

    public abstract void Abandon();
}

/// <inheritdoc/>
internal abstract class Write<T>(CancellationToken cancel) : Write(cancel)
{
    private readonly CancellationToken cancel = cancel;

    // The writer must not run its callers' next steps.
    private readonly TaskCompletionSource<T> answer = new(TaskCreationOptions.RunContinuationsAsynchronously);

    public Task<T> Answer => answer.Task;

    protected T Result { get; set; } = default!;

    public sealed override void Succeed() => answer.TrySetResult(Result);

    public sealed override void Fail(Exception error) => answer.TrySetException(error);

    public sealed override void Abandon() => answer.TrySetCanceled(cancel);
}

/// <summary>A write that is run by itself, because there are never many at once.</summary>
internal sealed class SingleWrite<T>(Func<Transaction, Task<T>> apply, CancellationToken cancel) : Write<T>(cancel)
{
    public override async Task RunAllAsync(IReadOnlyList<Write> writes, Transaction transaction)
    {
        foreach (var write in writes.Cast<SingleWrite<T>>()) write.Result = await write.ApplyAsync(transaction);
    }

    private Task<T> ApplyAsync(Transaction transaction) => apply(transaction);
}
