namespace Rushes.Database.Sqlite;

/// <summary>One change that a caller waits for. It runs on the writer's thread and is answered after its commit.</summary>
/// <param name="single">One statement changes rows, which SQLite undoes by itself when it fails; else the write needs a
/// savepoint.</param>
internal abstract class Write(bool single, CancellationToken cancel)
{
    /// <summary>The caller left before the write began: it is not run at all.</summary>
    public bool IsAbandoned => cancel.IsCancellationRequested;

    public bool IsSingle => single;

    public abstract void Run(Transaction transaction);

    /// <summary>Answers the caller.</summary>
    public abstract void Succeed();

    public abstract void Fail(Exception error);

    public abstract void Abandon();
}

internal sealed class Write<T>(Func<Transaction, T> apply, bool single, CancellationToken cancel) : Write(single, cancel)
{
    private readonly CancellationToken cancel = cancel;

    // The writer must not run its callers' next steps.
    private readonly TaskCompletionSource<T> answer = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private T result = default!;

    public Task<T> Answer => answer.Task;

    public override void Run(Transaction transaction) => result = apply(transaction);

    public override void Succeed() => answer.TrySetResult(result);

    public override void Fail(Exception error) => answer.TrySetException(error);

    public override void Abandon() => answer.TrySetCanceled(cancel);
}
