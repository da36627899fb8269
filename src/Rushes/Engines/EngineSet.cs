using System.Collections;

namespace Rushes.Engines;

/// <summary>The engines of a process. Disposing it stops their servers, all at the same time.</summary>
public sealed class EngineSet(IEnumerable<IEngine> engines) : IReadOnlyList<IEngine>, IAsyncDisposable
{
    private readonly IEngine[] engines = [.. engines];

    public int Count => engines.Length;

    public IEngine this[int index] => engines[index];

    public IEnumerator<IEngine> GetEnumerator() => engines.AsEnumerable().GetEnumerator();

    IEnumerator IEnumerable.GetEnumerator() => engines.GetEnumerator();

    public async ValueTask DisposeAsync() =>
        await Task.WhenAll(engines.OfType<IAsyncDisposable>().Select(engine => engine.DisposeAsync().AsTask()));
}
