using Rushes.Programs;

namespace Rushes.Media;

/// <summary>
/// Processes that wait for the next picture. There are never more than pictures that were read at once; after a pause without
/// pictures there are none. A process that rejected a picture, crashed or was stopped reads no other picture.
/// </summary>
/// <param name="memory">Maximum bytes of memory of each.</param>
internal sealed class ImagePool(long memory, TimeProvider clock)
{
    private static readonly TimeSpan Pause = TimeSpan.FromSeconds(10);

    private readonly Lock gate = new();
    private readonly Stack<ImageProcess> idle = [];
    private ITimer? timer;

    /// <summary>The fewest processes that waited since the timer last fired: those were not needed.</summary>
    private int unused;

    /// <inheritdoc cref="ImageProcess.ReadAsync"/>
    public async Task<Exit> ReadAsync(IReadOnlyList<string> arguments, TimeSpan limit, CancellationToken cancel)
    {
        var process = Take() ?? ImageProcess.Start(memory);
        var isReusable = false;
        try
        {
            var exit = await process.ReadAsync(arguments, limit, cancel);
            isReusable = exit.Ok && exit.Output.StartsWith("accepted ", StringComparison.Ordinal) && process.IsUsable;
            return exit;
        }
        finally
        {
            if (isReusable) Return(process);
            else process.Dispose();
        }
    }

    private ImageProcess? Take()
    {
        lock (gate)
        {
            while (idle.TryPop(out var process))
            {
                unused = Math.Min(unused, idle.Count);
                if (process.IsUsable) return process;
                process.Dispose();
            }
            return null;
        }
    }

    private void Return(ImageProcess process)
    {
        lock (gate)
        {
            idle.Push(process);
            timer ??= clock.CreateTimer(_ => EndUnused(), null, Pause, Pause);
        }
    }

    private void EndUnused()
    {
        lock (gate)
        {
            for (; unused > 0 && idle.TryPop(out var process); unused--) process.Dispose();
            unused = idle.Count;
            if (unused > 0) return;
            timer?.Dispose();
            timer = null;
        }
    }
}
