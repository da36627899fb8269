using Rushes.Catalog;

namespace Rushes.Engines.Comfy;

/// <summary>Every workflow there is, and which one makes a job.</summary>
public sealed class WorkflowSet(IReadOnlyList<Workflow> workflows)
{
    public IReadOnlyList<Workflow> All => workflows;

    /// <summary>All that a model's jobs may need.</summary>
    public IEnumerable<Workflow> For(Model model) =>
        workflows.Where(workflow => workflow.Serves.Contains(model.Family.Name) || workflow.Serves.Contains(model.Id));

    /// <summary>Of those that suit the job the one with the most conditions; null when none does.</summary>
    public Workflow? For(EngineJob job) =>
        For(job.Model).Where(workflow => workflow.Suits(job)).MaxBy(workflow => workflow.When.Count);
}
