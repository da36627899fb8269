using System.Threading.Channels;
using Rushes.Client;

namespace Rushes.Tests.Client;

/// <summary>Records reported progress and signals when a test can continue.</summary>
internal sealed class Updates(Func<JobStatus, bool>? awaited = null) : IProgress<JobStatus>
{
    private readonly Channel<JobStatus> reports = Channel.CreateUnbounded<JobStatus>();
    private readonly TaskCompletionSource seen = new(TaskCreationOptions.RunContinuationsAsynchronously);

    public List<JobStatus> All { get; } = [];

    /// <summary>Completes when the expected progress was reported.</summary>
    public Task Seen => seen.Task;

    /// <summary>One more has been told than was waited for so far.</summary>
    public ValueTask<JobStatus> OneMoreAsync() => reports.Reader.ReadAsync();

    public void Report(JobStatus value)
    {
        lock (All) All.Add(value);
        reports.Writer.TryWrite(value);
        if (awaited?.Invoke(value) == true) seen.TrySetResult();
    }
}
