using Rushes.Catalog;
using Rushes.Engines;

namespace Rushes.Work;

/// <summary>A slot's permissions to run a job on each available part of its engine, and room for it there.</summary>
internal sealed class Passes : IDisposable
{
    private readonly IEngine engine;
    private readonly Dictionary<EngineHealth, JobPass> passes = [];
    private Reservation? room;

    private Passes(IEngine engine) => this.engine = engine;

    /// <summary>A part could run a job, and other runs have all that it needs.</summary>
    public bool LacksRoom => room is not null && passes.Keys.Any(part => !room.Has(part));

    public static Passes Take(IEngine engine)
    {
        var taken = new Passes(engine) { room = engine.Reserve() };
        foreach (var part in engine.Parts)
            if (part.TryEnter() is { } pass) taken.passes[part] = pass;
        return taken;
    }

    public bool Allow(Model model) =>
        engine.Serves(model) && engine.PartOf(model) is var part && passes.ContainsKey(part) && room?.Has(part) != false;

    /// <summary>Keeps the one for this model, which the caller disposes; the others are released.</summary>
    public JobPass? Keep(Model model)
    {
        var part = engine.PartOf(model);
        if (!passes.Remove(part, out var kept)) return null;
        room?.Keep(part);
        (kept.Room, room) = (room, null);
        Dispose();
        return kept;
    }

    public void Dispose()
    {
        foreach (var pass in passes.Values) pass.Dispose();
        passes.Clear();
        room?.Dispose();
        room = null;
    }
}
