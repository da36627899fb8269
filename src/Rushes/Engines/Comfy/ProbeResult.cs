namespace Rushes.Engines.Comfy;

/// <summary>The result of a probe.</summary>
internal abstract record ProbeResult
{
    private ProbeResult() { }

    /// <param name="OnGpu">The probe ran on the server's GPU, if it has one.</param>
    public sealed record Made(bool OnGpu) : ProbeResult;

    public sealed record Failed(string Reason) : ProbeResult;

    /// <summary>The probe did not end: no thread of the server runs prompts.</summary>
    public sealed record NoAnswer : ProbeResult;

    /// <summary>Another prompt is running, so the probe would wait.</summary>
    public sealed record BehindOthers : ProbeResult;
}
