using System.Runtime.CompilerServices;
using System.Threading.Channels;

namespace Rushes.Engines.Process;

/// <summary>
/// What a program's output tells on its way: the stage that it is in, and its tasks. Whoever is slow to listen hears the
/// newest alone.
/// </summary>
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
