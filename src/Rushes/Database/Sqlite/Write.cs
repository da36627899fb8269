namespace Rushes.Database.Sqlite;

/// <summary>A change that a caller waits for. It runs on the writer's thread and is answered after its commit.</summary>
/// <param name="single">Only one statement changes rows, which SQLite undoes if it fails; otherwise the write needs a
/// savepoint.</param>
internal abstract class Write(bool single, CancellationToken cancel)
{
    /// <summary>The caller cancelled before the write started; it is not run.</summary>
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

    // Continuations of callers must not run on the writer's thread.
    private readonly TaskCompletionSource<T> answer = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private T result = default!;

    public Task<T> Answer => answer.Task;

    public override void Run(Transaction transaction) => result = apply(transaction);

    public override void Succeed() => answer.TrySetResult(result);

    public override void Fail(Exception error) => answer.TrySetException(error);

    public override void Abandon() => answer.TrySetCanceled(cancel);
}
