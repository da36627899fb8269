using Rushes.Catalog;
using Rushes.Engines;

namespace Rushes.Work;

/// <summary>A slot's permissions to run a job on each available part of its engine.</summary>
internal sealed class Passes : IDisposable
{
    private readonly IEngine engine;
    private readonly Dictionary<EngineHealth, JobPass> passes = [];

    private Passes(IEngine engine) => this.engine = engine;

    public static Passes Take(IEngine engine)
    {
        var taken = new Passes(engine);
        foreach (var part in engine.Parts)
            if (part.TryEnter() is { } pass) taken.passes[part] = pass;
        return taken;
    }

    public bool Allow(Model model) => engine.Serves(model) && passes.ContainsKey(engine.PartOf(model));

    /// <summary>Keeps the one for this model, which the caller disposes; the others are released.</summary>
    public JobPass? Keep(Model model)
    {
        if (!passes.Remove(engine.PartOf(model), out var kept)) return null;
        Dispose();
        return kept;
    }

    public void Dispose()
    {
        foreach (var pass in passes.Values) pass.Dispose();
        passes.Clear();
    }
}
