namespace Rushes.Database.Sqlite;

/// <summary>One change that a caller waits for. It runs on the writer's thread and is answered after its commit.</summary>
internal abstract class Write(CancellationToken cancel)
{
    /// <summary>The caller left before the write began: it is not run at all.</summary>
    public bool IsAbandoned => cancel.IsCancellationRequested;

    /// <summary>Whether it has several statements, which must stand or fall together: it then gets a savepoint.</summary>
    public virtual bool HasSeveralStatements => false;

    public abstract void Run(Transaction transaction);

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
    private T result = default!;

    public Task<T> Answer => answer.Task;

    protected abstract T Apply(Transaction transaction);

    public sealed override void Run(Transaction transaction) => result = Apply(transaction);

    public sealed override void Succeed() => answer.TrySetResult(result);

    public sealed override void Fail(Exception error) => answer.TrySetException(error);

    public sealed override void Abandon() => answer.TrySetCanceled(cancel);
}
