namespace Rushes.Database.Postgres;

/// <summary>
/// A change that a caller waits for, answered after its commit. It may run several times: after an error or a lost connection
/// the group is rolled back and retried.
/// </summary>
internal abstract class Write(CancellationToken cancel)
{
    /// <summary>The caller cancelled before the write started; it is not run.</summary>
    public bool IsAbandoned => cancel.IsCancellationRequested;

    /// <summary>
    /// Writes of the same kind in a group are run together. Their order does not matter, because all were requested at the
    /// same time.
    /// </summary>
    public virtual Type Kind => GetType();

    /// <summary>Kinds with lower numbers run first.</summary>
    public virtual int Order => 0;

    /// <summary>
    /// Whether it must run while no other gateway writes, because it depends on rows that others may be changing. See <see
    /// cref="Transaction"/>.
    /// </summary>
    public virtual bool IsExclusive => true;

    /// <summary>Whether what other gateways committed before must be published before it runs.</summary>
    public virtual bool NeedsOthers => false;

    /// <param name="writes">All writes of this kind including this one, in the order of their requests.</param>
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

    // Continuations of callers must not run on the writer.
    private readonly TaskCompletionSource<T> answer = new(TaskCreationOptions.RunContinuationsAsynchronously);

    public Task<T> Answer => answer.Task;

    protected T Result { get; set; } = default!;

    public sealed override void Succeed() => answer.TrySetResult(Result);

    public sealed override void Fail(Exception error) => answer.TrySetException(error);

    public sealed override void Abandon() => answer.TrySetCanceled(cancel);
}

/// <summary>A write that is not combined with others.</summary>
internal sealed class SingleWrite<T>(Func<Transaction, Task<T>> apply, CancellationToken cancel) : Write<T>(cancel)
{
    public override async Task RunAllAsync(IReadOnlyList<Write> writes, Transaction transaction)
    {
        foreach (var write in writes.Cast<SingleWrite<T>>()) write.Result = await write.ApplyAsync(transaction);
    }

    private Task<T> ApplyAsync(Transaction transaction) => apply(transaction);
}
