using System.Collections.Concurrent;
using System.Diagnostics;

namespace Rushes.Programs;

/// <summary>
/// Starts processes on a thread that never ends: Linux takes the end of the thread that started a process for the end of its
/// parent, and would kill a program that is to die with this one.
/// </summary>
internal static class Starter
{
    private static readonly Lazy<BlockingCollection<Action>> Starts = new(() =>
    {
        var starts = new BlockingCollection<Action>();
        var thread = new Thread(() =>
        {
            foreach (var start in starts.GetConsumingEnumerable()) start();
        })
        {
            IsBackground = true, Name = "process starts",
        };
        thread.Start();
        return starts;
    });

    public static void Start(Process process)
    {
        var started = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        Starts.Value.Add(() =>
        {
            try
            {
                process.Start();
                started.SetResult();
            }
            catch (Exception error)
            {
                started.SetException(error);
            }
        });
        started.Task.GetAwaiter().GetResult();
    }
}
