using System.Runtime.CompilerServices;
using System.Threading.Channels;

namespace Rushes.Engines.Process;

/// <summary>Reads stage and tasks from a program's output. A slow reader gets only the latest.</summary>
internal sealed class OutputSigns(StageCounter counter)
{
    private readonly Channel<EngineEvent.Tasks> signs = Channel.CreateBounded<EngineEvent.Tasks>(
        new BoundedChannelOptions(1) { FullMode = BoundedChannelFullMode.DropOldest });

    public void Read(string line)
    {
        if (counter.Read(line) is { } tasks) signs.Writer.TryWrite(tasks);
    }

    public void End() => signs.Writer.TryComplete();

    public async IAsyncEnumerable<EngineEvent> ReadAllAsync([EnumeratorCancellation] CancellationToken cancel)
    {
        string? stage = null;
        if (Moved()) yield return new EngineEvent.Stage(stage!);
        await foreach (var tasks in signs.Reader.ReadAllAsync(cancel))
        {
            if (Moved()) yield return new EngineEvent.Stage(stage!);
            yield return tasks;
        }

        bool Moved()
        {
            if (counter.Stage is not { } now || now == stage) return false;
            stage = now;
            return true;
        }
    }
}
