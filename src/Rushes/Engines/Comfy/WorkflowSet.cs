using System.Collections.Concurrent;
using System.Text.Json;
using Rushes.Catalog;

namespace Rushes.Engines.Comfy;

/// <summary>All workflows, and which one makes a job.</summary>
public sealed class WorkflowSet(IReadOnlyList<Workflow> workflows)
{
    private readonly ConcurrentDictionary<(string Field, string Model), FieldEffect> effects = new();

    public IReadOnlyList<Workflow> All => workflows;

    /// <summary>All workflows that jobs of a model may need.</summary>
    public IEnumerable<Workflow> For(Model model) =>
        workflows.Where(workflow => workflow.Serves.Contains(model.Family.Name) || workflow.Serves.Contains(model.Id));

    /// <summary>The matching workflow with the most conditions; null if none matches.</summary>
    public Workflow? For(EngineJob job) => For(job.Model, field => job.Files.ContainsKey(field)
        || (job.Input.All.TryGetProperty(field, out var value)
                && value.ValueKind is not (JsonValueKind.Null or JsonValueKind.False)));

    /// <summary>How a field affects a model's videos, compared with a job that has only the required fields.</summary>
    public FieldEffect EffectOf(string field, Model model) => effects.GetOrAdd((field, model.Id), _ => FindEffect(field, model));

    private FieldEffect FindEffect(string field, Model model)
    {
        var plain = For(model, _ => false);
        var with = For(model, sent => sent == field);
        if (with != plain || plain?.Takes(field) == true) return FieldEffect.Full;
        var more = For(model, sent => sent == EngineFields.MoreSteps);
        return more?.Takes(field) == true ? FieldEffect.WithMoreSteps : FieldEffect.None;
    }

    private Workflow? For(Model model, Func<string, bool> has) =>
        For(model).Where(workflow => workflow.Suits(has)).MaxBy(workflow => workflow.When.Count);
}
