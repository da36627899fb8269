namespace Rushes.Jobs;

/// <summary>A completed run, from which run times are learned.</summary>
public sealed record FinishedRun(string Model, string Lane, VideoFormat Render, int Work, TimeSpan Took);
