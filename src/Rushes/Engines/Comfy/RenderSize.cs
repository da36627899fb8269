using Rushes.Catalog;

namespace Rushes.Engines.Comfy;

/// <summary>What the model renders: the plan, rounded up to the model's steps.</summary>
/// <param name="ExactFrames">Before rounding.</param>
/// <param name="AddedFrames">Of a continued clip: the new frames and the clip's last one before them.</param>
internal sealed record RenderSize(int Width, int Height, int Frames, int ExactFrames, int AddedFrames, double Rate)
{
    public static RenderSize Of(Workflow workflow, EngineJob job)
    {
        var plan = job.Plan.Render;
        var rate = workflow.Rate ?? plan.Rate;
        var exact = workflow.Rate is null ? plan.Frames : Math.Max(1, (int)Math.Ceiling(plan.Seconds * rate - 1e-6));
        var family = job.Model.Family;
        var rule = workflow.FrameStep is { } step ? new FrameRule(step, 1) : family.Frames;
        var side = workflow.SideStep ?? family.SideStep;
        var added = rule.RoundUp(exact - job.Plan.Kept + 1);
        return new RenderSize(Up(plan.Width, side), Up(plan.Height, side), rule.RoundUp(exact), exact, added, rate);
    }

    private static int Up(int side, int step) => (side + step - 1) / step * step;
}
