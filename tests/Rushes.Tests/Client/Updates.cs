using System.Threading.Channels;
using Rushes.Client;

namespace Rushes.Tests.Client;

/// <summary>Records reported progress and signals when a test can continue.</summary>
internal sealed class Updates(Func<JobStatus, bool>? awaited = null) : IProgress<JobStatus>
{
    private readonly Channel<JobStatus> reports = Channel.CreateUnbounded<JobStatus>();
    private readonly TaskCompletionSource seen = new(TaskCreationOptions.RunContinuationsAsynchronously);

    public List<JobStatus> All { get; } = [];

    /// <summary>Waits for the expected progress, or for the end of what reports it.</summary>
    public async Task SeenAsync(Task reporting, CancellationToken cancel)
    {
        await (await Task.WhenAny(seen.Task, reporting)).WaitAsync(cancel);
        if (!seen.Task.IsCompleted) throw new InvalidOperationException("It ended without the expected progress.");
    }

    /// <summary>One more has been told than was waited for so far.</summary>
    public ValueTask<JobStatus> OneMoreAsync(CancellationToken cancel) => reports.Reader.ReadAsync(cancel);

    public void Report(JobStatus value)
    {
        lock (All) All.Add(value);
        reports.Writer.TryWrite(value);
        if (awaited?.Invoke(value) == true) seen.TrySetResult();
    }
}
